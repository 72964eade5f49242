package dev.cairn.replicator.protocol;

import dev.cairn.cas.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The canonical forms that a device signs: a label, then the fields, each preceded by its length as four bytes, big-endian.
 * No form is the beginning of another, and a signature for one purpose, server, repository or nonce fits no other.
 */
public final class Claims {

    private static final String ENROLMENT = "cairn enrolment 1";
    private static final String TOKEN = "cairn token 1";
    private static final String CHANNEL_TOKEN = "cairn channel token 1";
    private static final String GREETING = "cairn greeting 1";

    private Claims() {}

    /**
     * What the sender of an enrolment signs, with the key that it enrols.
     *
     * @param fingerprint of the server's certificate; null where there is no TLS
     */
    public static byte[] enrolment(
            ServerId server,
            @Nullable Fingerprint fingerprint,
            byte[] nonce,
            String code,
            byte[] publicKey,
            String name) {
        return form(
                ENROLMENT,
                server.bytes(),
                bytes(fingerprint),
                nonce,
                bytes(canonicalCode(code)),
                publicKey,
                bytes(name));
    }

    /**
     * What a device signs to open a session.
     *
     * @param fingerprint of the server's certificate; null where there is no TLS
     */
    public static byte[] token(
            DeviceId device, ServerId server, @Nullable Fingerprint fingerprint, RepositoryName name, byte[] nonce) {
        return form(
                TOKEN,
                device.bytes(),
                server.bytes(),
                bytes(fingerprint),
                bytes(name.tenant()),
                bytes(name.repository()),
                nonce);
    }

    /**
     * What a device signs to speak for itself on one TLS connection.
     *
     * @param greeting {@link #greeting} of what the server said in hello
     * @param fingerprint of the server's certificate; null where it is not known
     */
    public static byte[] channelToken(
            DeviceId device,
            byte[] greeting,
            @Nullable Fingerprint fingerprint,
            RepositoryName name,
            ChannelBinding channel) {
        return form(
                CHANNEL_TOKEN,
                device.bytes(),
                greeting,
                bytes(fingerprint),
                bytes(name.tenant()),
                bytes(name.repository()),
                channel.bytes());
    }

    /**
     * SHA-256 of what a server says in hello of itself: the version that both sides use, and all else that lasts beyond one
     * connection. A client that remembers another greeting has to say hello.
     */
    public static byte[] greeting(Greeting.HelloAnswer hello) {
        ProtocolLimits limits = hello.limits();
        List<byte[]> fields = new ArrayList<>();
        fields.add(hello.server().bytes());
        IntStream.of(
                        hello.protocol(),
                        hello.versions().min(),
                        hello.versions().max(),
                        limits.frameBytes(),
                        limits.batchBytes(),
                        limits.batchRecords(),
                        limits.ids(),
                        limits.requestsInFlight(),
                        limits.retained())
                .forEach(number -> fields.add(
                        ByteBuffer.allocate(Integer.BYTES).putInt(number).array()));
        hello.features().forEach(feature -> fields.add(bytes(feature)));
        return Sha256.of(form(GREETING, fields.toArray(byte[][]::new)));
    }

    /** An enrolment code without what people change when they type it: capitals, letters and digits only. */
    public static String canonicalCode(String code) {
        StringBuilder kept = new StringBuilder();
        code.toUpperCase(Locale.ROOT)
                .chars()
                .filter(c -> (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
                .forEach(c -> kept.append((char) c));
        return kept.toString();
    }

    private static byte[] form(String label, byte[]... fields) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        append(form, bytes(label));
        for (byte[] field : fields) {
            append(form, field);
        }
        return form.toByteArray();
    }

    private static void append(ByteArrayOutputStream form, byte[] field) {
        form.writeBytes(ByteBuffer.allocate(4).putInt(field.length).array());
        form.writeBytes(field);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(@Nullable Fingerprint fingerprint) {
        return fingerprint == null ? new byte[0] : fingerprint.bytes();
    }
}
