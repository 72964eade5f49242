package dev.cairn.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class GearTableTest {
    private static byte[] countingKey() {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
    }

    @Test
    void keyed_countingKey_isTheEncryptedCounterInLittleEndianWords() throws Exception {
        long[] entries = GearTable.keyed(countingKey()).entries();
        Cipher block = Cipher.getInstance("AES/ECB/NoPadding");
        block.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(countingKey(), "AES"));
        for (int i = 0; i < 128; i++) {
            byte[] counter = ByteBuffer.allocate(16).putLong(0).putLong(i).array();
            ByteBuffer words = ByteBuffer.wrap(block.doFinal(counter)).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(entries[2 * i]).isEqualTo(words.getLong());
            assertThat(entries[2 * i + 1]).isEqualTo(words.getLong());
        }
    }

    /** AES-256 of the zero block under the zero key is a published value (NIST, AESAVS). */
    @Test
    void keyed_zeroKey_startsWithThePublishedBlock() {
        ByteBuffer block = ByteBuffer.wrap(HexFormat.of().parseHex("dc95c078a2408989ad48a21492842087"))
                .order(ByteOrder.LITTLE_ENDIAN);
        long[] entries = GearTable.keyed(new byte[32]).entries();
        assertThat(entries).hasSize(256);
        assertThat(entries[0]).isEqualTo(block.getLong());
        assertThat(entries[1]).isEqualTo(block.getLong());
    }

    @Test
    void keyed_keyOfAnotherLength_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GearTable.keyed(new byte[16]))
                .withMessage("chunker key is 16 bytes, must be 32");
    }

    @Test
    void of_wrongNumberOfEntries_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> GearTable.of(new long[255]));
        assertThatIllegalArgumentException().isThrownBy(() -> GearTable.of(new long[0]));
    }

    @Test
    void of_callerChangesItsArray_tableStays() {
        long[] numbers = new long[256];
        GearTable table = GearTable.of(numbers);
        numbers[7] = 1;
        assertThat(table.entries()[7]).isZero();
    }

    @Test
    void toString_keyedTable_showsNoEntry() {
        assertThat(GearTable.keyed(countingKey())).hasToString("GearTable[...]");
    }
}
