package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnrolmentCodeTest {

    @Test
    void random_manyCodes_areWellFormedAndAllDifferent() {
        Set<String> codes = new HashSet<>();
        Set<Integer> letters = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String code = EnrolmentCode.random();
            assertThat(code).matches("([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}");
            codes.add(code);
            code.chars().filter(c -> c != '-').forEach(letters::add);
        }
        assertThat(codes).hasSize(1000);
        assertThat(letters).as("every digit of base 32 occurs").hasSize(32);
    }

    @Test
    void hash_howeverItWasTyped_isTheSame() {
        Secrets.Hash hash = EnrolmentCode.hash("01ABC-DEFGH-JKMNP-QRSTV-WXYZ9");
        assertThat(EnrolmentCode.hash("01abc-defgh-jkmnp-qrstv-wxyz9")).isEqualTo(hash);
        assertThat(EnrolmentCode.hash(" 01ABCDEFGHJKMNPQRSTVWXYZ9\n")).isEqualTo(hash);
        assertThat(EnrolmentCode.hash("01ABC DEFGH.JKMNP_QRSTV/WXYZ9")).isEqualTo(hash);
        assertThat(EnrolmentCode.hash("OIABC-DEFGH-JKMNP-QRSTV-WXYZ9")).isEqualTo(hash);
        assertThat(EnrolmentCode.hash("olabc-defgh-jkmnp-qrstv-wxyz9")).isEqualTo(hash);
    }

    @Test
    void hash_inATurkishLocale_isTheSame() {
        Locale before = Locale.getDefault();
        Secrets.Hash hash = EnrolmentCode.hash("i1ABC");
        try {
            Locale.setDefault(Locale.of("tr", "TR"));
            assertThat(EnrolmentCode.hash("i1ABC")).isEqualTo(hash);
            assertThat(EnrolmentCode.hash("11abc")).isEqualTo(hash);
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void hash_oneCharacterOther_differs() {
        Secrets.Hash hash = EnrolmentCode.hash("01ABC-DEFGH-JKMNP-QRSTV-WXYZ9");
        assertThat(EnrolmentCode.hash("01ABC-DEFGH-JKMNP-QRSTV-WXYZ8")).isNotEqualTo(hash);
        assertThat(EnrolmentCode.hash("01ABC-DEFGH-JKMNP-QRSTV-WXYZ")).isNotEqualTo(hash);
        assertThat(EnrolmentCode.hash("")).isNotEqualTo(hash);
    }
}
