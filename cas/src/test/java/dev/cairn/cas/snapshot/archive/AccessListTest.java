package dev.cairn.cas.snapshot.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.cairn.cas.snapshot.archive.AccessList.UnreadableException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AccessListTest {

    /** As {@code getfattr -e hex} shows what {@code setfacl} set. */
    private static final byte[] ATTRIBUTE = HexFormat.of()
            .parseHex("0200000001000600ffffffff02000600b2040000" + "04000400ffffffff080004009f86010010000600ffffffff"
                    + "20000400ffffffff");

    private static final String TEXT = "user::rw-\nuser:1202:rw-\ngroup::r--\ngroup:99999:r--\nmask::rw-\nother::r--\n";

    private static AccessList list(String text) throws UnreadableException {
        return AccessList.ofText(text.getBytes(UTF_8));
    }

    @Test
    void textAndAttribute_ofTheSameList_becomeEachOther() throws Exception {
        assertThat(list(TEXT).attribute()).isEqualTo(ATTRIBUTE);
        assertThat(AccessList.ofAttribute(ATTRIBUTE).text()).isEqualTo(TEXT);
        assertThat(AccessList.ofAttribute(ATTRIBUTE).isMinimal()).isFalse();
    }

    @Test
    void ofText_asStarWritesIt_hasTheNumbersBehindTheRights() throws Exception {
        assertThat(list("user::rw-,user:nobody here:rw-:1202,group::r--,group:none here:r--:99999,mask::rw-,other::r--")
                        .attribute())
                .isEqualTo(ATTRIBUTE);
    }

    @Test
    void ofText_abbreviatedUnorderedOrWithRemarks_isTheSameList() throws Exception {
        assertThat(list("o:r\n# about\nu::rw\n\ng:99999:r--\t#effective:r--\nmask:wr\ngroup::r\nu:1202:rw-")
                        .attribute())
                .isEqualTo(ATTRIBUTE);
    }

    @Test
    void ofText_nameOfThisMachine_isItsNumber() throws Exception {
        String text = list("user::r--,user:root:r-x,group::---,group:root:rwx,mask::rwx,other::---")
                .text();
        assertThat(text).isEqualTo("user::r--\nuser:0:r-x\ngroup::---\ngroup:0:rwx\nmask::rwx\nother::---\n");
        assertThat(list("user::r--,user:ro\\157t:r-x,group::---,group:root:rwx,mask::rwx,other::---")
                        .text())
                .isEqualTo(text);
    }

    @Test
    void ofText_whatIsNoList_isRefusedWithTheReason() {
        assertThatExceptionOfType(UnreadableException.class)
                .isThrownBy(() -> list(TEXT.replace("1202", "nobody-here-is-called-so")))
                .withMessageContaining("no user 'nobody-here-is-called-so'");
        for (String wrong : new String[] {
            "",
            "user::rw-",
            "x",
            TEXT + "user::r--",
            TEXT + "user:1202:r--",
            TEXT.replace("mask::rw-\n", ""),
            TEXT.replace("r--", "r-s"),
            TEXT.replace("other::", "other:5:"),
            TEXT.replace("user::rw-\n", ""),
            TEXT + "default:user::rw-",
            TEXT.replace("1202", "4294967295"),
            TEXT + "user:7:rwx:8:9",
            TEXT + "#".repeat(5000),
            "u::r,g::r,o::r" + ",u:1:r".repeat(9000),
        }) {
            assertThatExceptionOfType(UnreadableException.class).as(wrong).isThrownBy(() -> list(wrong));
        }
    }

    @Test
    void ofAttribute_entryForNobody_isRefused() {
        byte[] nobody = ATTRIBUTE.clone();
        int second = 4 + 8;
        Arrays.fill(nobody, second + 4, second + 8, (byte) 0xFF);
        assertThatExceptionOfType(UnreadableException.class)
                .isThrownBy(() -> AccessList.ofAttribute(nobody))
                .withMessage("it has an entry for nobody");
    }

    @Test
    void ofAttribute_bytesThatWereChanged_areRefusedOrAList() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = Arrays.copyOf(ATTRIBUTE, random.nextInt(10) == 0 ? random.nextInt(60) : 52);
            for (int j = random.nextInt(4); j > 0 && changed.length > 0; j--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(40);
            }
            try {
                AccessList list = AccessList.ofAttribute(changed);
                assertThat(list(list.text()).attribute()).isEqualTo(list.attribute());
            } catch (UnreadableException e) {
                assertThat(e).hasMessageStartingWith("it ");
            }
        }
    }
}
