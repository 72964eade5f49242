package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cas.WrongKeyException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RecoveryCodeTest {

    @Test
    void text_newCode_isSixGroupsOfFive() {
        assertThat(RecoveryCode.generate(Entropy.system()).text())
                .matches("([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}");
        assertThat(RecoveryCode.generate(new SeededEntropy(1)).toString()).isEqualTo("recovery code");
    }

    @Test
    void parse_asAPersonTypesIt_isTheSameCode() {
        for (long seed = 0; seed < 50; seed++) {
            RecoveryCode code = RecoveryCode.generate(new SeededEntropy(seed));
            String text = code.text();
            for (String typed : List.of(
                    text,
                    text.toLowerCase(java.util.Locale.ROOT),
                    text.replace("-", ""),
                    " " + text.replace('-', ' ') + "\n",
                    text.replace('0', 'O').replace('1', 'l'),
                    text.replace('0', 'o').replace('1', 'I'))) {
                assertThat(RecoveryCode.parse(typed).text()).as("seed=%d", seed).isEqualTo(text);
            }
        }
    }

    @Test
    void parse_oneSymbolOrTwoNeighboursWrong_isFound() {
        String text = RecoveryCode.generate(new SeededEntropy(3)).text();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '-') {
                continue;
            }
            char other = text.charAt(i) == 'A' ? 'B' : 'A';
            String wrong = text.substring(0, i) + other + text.substring(i + 1);
            assertThatThrownBy(() -> RecoveryCode.parse(wrong)).hasMessageContaining("typing mistake");
        }
        char[] swapped = text.toCharArray();
        swapped[0] = text.charAt(1);
        swapped[1] = text.charAt(0);
        assertThat(text.charAt(0)).isNotEqualTo(text.charAt(1));
        assertThatThrownBy(() -> RecoveryCode.parse(new String(swapped))).hasMessageContaining("typing mistake");
    }

    @Test
    void parse_noCode_isAWrongKey() {
        String text = RecoveryCode.generate(new SeededEntropy(3)).text();
        for (String typed : List.of(
                "",
                "   ",
                "hello",
                text.substring(2),
                text + "0",
                "U" + text.substring(1),
                "é".repeat(30),
                "0".repeat(10_000))) {
            assertThatThrownBy(() -> RecoveryCode.parse(typed)).isInstanceOf(WrongKeyException.class);
        }
    }
}
