package dev.cairn.cli.command;

/** The version of this program, as the build wrote it into the jar. */
public final class ProgramVersion {

    private ProgramVersion() {}

    /** Such as {@code 0.1.0}; {@code development} where the classes do not come from a built jar. */
    public static String text() {
        String version = ProgramVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
