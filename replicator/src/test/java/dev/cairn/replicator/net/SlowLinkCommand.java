package dev.cairn.replicator.net;

import java.io.IOException;

/**
 * A {@link SlowLink} as a program of its own, for what drives other programs through one. Runs from its source, without a build:
 * {@code java .../SlowLinkCommand.java PORT MBIT MILLIS} leads to PORT with that rate and that delay each way, prints the port to
 * connect to, and lasts until its standard input ends.
 */
final class SlowLinkCommand {

    private SlowLinkCommand() {}

    public static void main(String[] arguments) throws IOException {
        int target = Integer.parseInt(arguments[0]);
        LinkTerms terms = LinkTerms.of(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        try (SlowLink link = SlowLink.open(target, terms, terms, 0)) {
            System.out.println(link.port());
            System.in.skip(Long.MAX_VALUE);
        }
    }
}
