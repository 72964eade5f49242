package dev.cairn.cas;

/** There is no repository at the given place. */
public final class NoRepositoryException extends StoreException {

    private static final long serialVersionUID = 1;

    public NoRepositoryException(String place, String hint) {
        super("no repository at " + place, hint, null);
    }
}
