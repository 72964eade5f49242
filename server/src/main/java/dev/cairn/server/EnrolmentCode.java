package dev.cairn.server;

import dev.cairn.replicator.protocol.Claims;
import java.nio.charset.StandardCharsets;

/**
 * A one-time code as a person copies it: 125 random bits as five groups of five letters and digits of Crockford's base 32,
 * which has no I, L, O or U. Reading takes small letters, other separators, and O for 0, I or L for 1.
 */
final class EnrolmentCode {

    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int GROUPS = 5;
    private static final int GROUP_CHARS = 5;

    private EnrolmentCode() {}

    /** A new code. */
    static String random() {
        byte[] random = Secrets.random(GROUPS * GROUP_CHARS);
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < random.length; i++) {
            if (i > 0 && i % GROUP_CHARS == 0) {
                code.append('-');
            }
            code.append(DIGITS.charAt(random[i] & 31));
        }
        return code.toString();
    }

    /** What is kept of a code, the same however it was typed. */
    static Secrets.Hash hash(String code) {
        String canonical =
                Claims.canonicalCode(code).replace('O', '0').replace('I', '1').replace('L', '1');
        return Secrets.hash("cairn enrolment code 1", canonical.getBytes(StandardCharsets.UTF_8));
    }
}
