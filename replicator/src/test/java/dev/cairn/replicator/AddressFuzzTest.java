package dev.cairn.replicator;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.cairn.delta.fuzz.FuzzSuite;
import dev.cairn.delta.fuzz.Parsing;
import dev.cairn.replicator.protocol.DeviceId;
import dev.cairn.replicator.protocol.DeviceKey;
import dev.cairn.replicator.protocol.Fingerprint;
import dev.cairn.replicator.protocol.Greeting;
import dev.cairn.replicator.protocol.GreetingCodec;
import dev.cairn.replicator.protocol.MalformedMessageException;
import dev.cairn.replicator.protocol.RepositoryName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Texts that people and files bring: addresses, fingerprints, device keys, tokens in headers; and what a pull left on the disk. */
final class AddressFuzzTest extends FuzzSuite {

    private static final Parsing TEXT = Parsing.refusedBy(IllegalArgumentException.class);
    private static final Parsing TOKEN = Parsing.refusedBy(MalformedMessageException.class);
    private static final Parsing IDS =
            Parsing.refusedBy(IllegalArgumentException.class, MalformedMessageException.class);
    private static final String DEVICE_KEY = """
        cairn device key 1
        9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60
        d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
        """;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long bytesMax(byte[] input) {
        return Parsing.FIXED_BYTES + 100L * input.length;
    }

    @Override
    protected Map<String, Map<String, byte[]>> seeds() {
        String token = GreetingCodec.text(
                new Greeting.ChannelToken(DeviceKey.parse(DEVICE_KEY).id(), new byte[32], new byte[64]));
        byte[] record = {1, 2, 3, 4, 5};
        ByteBuffer body =
                ByteBuffer.allocate(8 + record.length).putInt(0).putInt(3).put(record);
        CRC32C checksum = new CRC32C();
        checksum.update(body.flip());
        byte[] spool = ByteBuffer.allocate(12 + body.rewind().remaining())
                .putInt(record.length)
                .putInt(2)
                .putInt((int) checksum.getValue())
                .put(body)
                .array();
        return Map.of(
                "url",
                Map.of(
                        "tls", bytes("https://host:7421/default/photos#sha256:" + "0f".repeat(32)),
                        "loopback", bytes("http://[::1]/default/photos")),
                "deviceKey",
                Map.of("rfc8032", bytes(DEVICE_KEY)),
                "token",
                Map.of("zeros", bytes(token)),
                "spool",
                Map.of("one", spool));
    }

    @FuzzTest
    void url(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        TEXT.value(bytesMax(input), () -> RemoteUrl.parse(text))
                .ifPresent(url -> assertThat(RemoteUrl.parse(url.toString())).isEqualTo(url));
        TEXT.value(bytesMax(input), () -> Fingerprint.parse(text))
                .ifPresent(pin -> assertThat(pin.toString()).isEqualToIgnoringCase(text));
        TEXT.value(bytesMax(input), () -> RepositoryName.requireName(text, "tenant"))
                .ifPresent(name ->
                        assertThat(Path.of("a").resolve(name).normalize()).hasParentRaw(Path.of("a")));
        IDS.value(bytesMax(input), () -> DeviceId.parse(text))
                .ifPresent(id -> assertThat(id.toString()).isEqualToIgnoringCase(text));
    }

    @FuzzTest
    void deviceKey(byte[] input) {
        String text = new String(input, StandardCharsets.US_ASCII);
        TEXT.value(bytesMax(input), () -> DeviceKey.parse(text))
                .ifPresent(key -> assertThat(DeviceKey.parse(key.text()).id()).isEqualTo(key.id()));
    }

    @FuzzTest
    void token(byte[] input) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        TOKEN.value(bytesMax(input), () -> GreetingCodec.parseChannelToken(text))
                .ifPresent(token -> {
                    Greeting.ChannelToken again =
                            TOKEN.accepted(() -> GreetingCodec.parseChannelToken(GreetingCodec.text(token)));
                    assertThat(again).usingRecursiveComparison().isEqualTo(token);
                });
    }

    /** The file is taken as far as it is whole; the rest is cut off. */
    @FuzzTest
    void spool(byte[] input) throws IOException {
        Path folder = Files.createTempDirectory("spool");
        byte[] name = {1};
        Path file = folder.resolve("pull-01.spool");
        Files.write(file, input);
        try (PageSpool spool = PageSpool.open(folder, name, 1 << 20)) {
            long count = 0;
            spool.rewind();
            for (PageSpool.Entry entry = spool.next(); entry != null; entry = spool.next()) {
                assertThat(entry.record().length + 4 * entry.due().length).isLessThan(input.length);
                count++;
            }
            assertThat(count).isEqualTo(spool.count());
            assertThat(Files.size(file)).isLessThanOrEqualTo(input.length);
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path left : files.toList()) {
                    Files.delete(left);
                }
            }
            Files.delete(folder);
        }
    }
}
