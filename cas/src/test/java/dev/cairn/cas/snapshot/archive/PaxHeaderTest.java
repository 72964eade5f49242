package dev.cairn.cas.snapshot.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.delta.fuzz.Parsing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Extended headers that hold as much as they can: little more memory than bytes, however many there are. */
class PaxHeaderTest {

    private static final Parsing PARSING = Parsing.refusedBy(ArchiveException.class);

    private static void add(ByteArrayOutputStream header, String keyword, String value) {
        int rest = keyword.length() + value.length() + 3;
        int length = rest + 1;
        while (length != rest + String.valueOf(length).length()) {
            length = rest + String.valueOf(length).length();
        }
        header.writeBytes((length + " " + keyword + "=" + value + "\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static SparseMap map(PaxHeader header) throws IOException {
        SparseMap.Builder stretches = header.stretches();
        if (stretches == null) {
            throw new AssertionError("no map");
        }
        return stretches.build(1000);
    }

    @Test
    void read_mapInOneRecord_isTheStretches() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        add(bytes, "GNU.sparse.map", "0,10,100,20,500,1");
        PaxHeader header = new PaxHeader();
        header.read(bytes.toByteArray(), 0);
        SparseMap map = map(header);
        assertThat(map.stretches()).isEqualTo(3);
        assertThat(map.start(1)).isEqualTo(100);
        assertThat(map.end(2)).isEqualTo(501);
    }

    @Test
    void read_mapWithoutANumber_isRefused() {
        for (String map : new String[] {",", "1,", ",1", "1,2,3,", "a,b", "1,2,,4"}) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            add(bytes, "GNU.sparse.map", map);
            assertThat(PARSING.value(1 << 20, () -> {
                        new PaxHeader().read(bytes.toByteArray(), 0);
                        return map;
                    }))
                    .as(map)
                    .isEmpty();
        }
    }

    /** It was made strings, of which each took 24 times its bytes. Found by fuzzing. */
    @Test
    void read_mapOfManyNumbers_takesLittleMemory() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        add(bytes, "GNU.sparse.map", "0,0,".repeat(PaxHeader.BYTES_MAX / 4 - 100) + "0,0");
        byte[] header = bytes.toByteArray();
        assertThat(PARSING.value(2L * header.length, () -> {
                    new PaxHeader().read(header, 0);
                    return header;
                }))
                .isPresent();
    }

    /** Records of headers that hold for the whole archive were kept without end. Found by fuzzing. */
    @Test
    void read_manyHeadersOfOtherKeywords_areRefused() {
        assertThat(PARSING.value(32L << 20, () -> {
                    PaxHeader global = new PaxHeader();
                    for (int i = 0; i < 1_000_000; i += 1000) {
                        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                        for (int keyword = i; keyword < i + 1000; keyword++) {
                            add(bytes, "k" + keyword, "");
                        }
                        global.read(bytes.toByteArray(), i);
                    }
                    return global;
                }))
                .isEmpty();
        assertThat(PARSING.value(64L << 20, () -> {
                    PaxHeader global = new PaxHeader();
                    String value = "v".repeat(1 << 20);
                    for (int i = 0; i < 100; i++) {
                        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                        add(bytes, "k" + i, value);
                        global.read(bytes.toByteArray(), i);
                    }
                    return global;
                }))
                .isEmpty();
    }

    @Test
    void read_sameKeywordAgainAndAgain_isOneRecord() throws IOException {
        PaxHeader global = new PaxHeader();
        String value = "v".repeat(1 << 20);
        for (int i = 0; i < 100; i++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            add(bytes, "comment", value + i % 10);
            global.read(bytes.toByteArray(), i);
        }
        assertThat(global.bytes("comment", new byte[0])).hasSize(value.length() + 1);
    }
}
