package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectType;
import dev.cairn.cas.PlainObject;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

final class ObjectHasherTest {

    private static final RepositoryKeys KEYS = RepositoryKeys.generate(new SeededEntropy(1));
    private static final ObjectId CHILD = new ObjectId(1, 2, 3, 4);
    private static final ObjectId OTHER = new ObjectId(5, 6, 7, 8);

    private final ObjectHasher hasher = KEYS.hasher();

    @Test
    void id_anyObject_isTheMacOfTypeAndPlainBytes() throws Exception {
        byte[] body = new byte[1000];
        new Random(2).nextBytes(body);
        for (PlainObject object : List.of(
                PlainObject.chunk(body),
                PlainObject.chunk(new byte[0]),
                new PlainObject(ObjectType.NODE, List.of(CHILD), List.of(OTHER, CHILD), body),
                new PlainObject(ObjectType.SNAPSHOT, List.of(CHILD, OTHER), List.of(), body))) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEYS.idKey().copy(), "HmacSHA256"));
            mac.update((byte) object.type().code());

            assertThat(hasher.id(object)).isEqualTo(ObjectId.of(mac.doFinal(object.plainBytes())));
        }
    }

    @Test
    void chunk_partOfABuffer_isTheIdOfThatPart() {
        byte[] buffer = new byte[100];
        new Random(3).nextBytes(buffer);
        byte[] part = java.util.Arrays.copyOfRange(buffer, 10, 60);

        assertThat(hasher.chunk(buffer, 10, 50)).isEqualTo(hasher.id(PlainObject.chunk(part)));
    }

    @Test
    void id_sameBytesOfAnotherType_differs() {
        PlainObject node = new PlainObject(ObjectType.NODE, List.of(), List.of(), new byte[5]);
        PlainObject snapshot = new PlainObject(ObjectType.SNAPSHOT, List.of(), List.of(), new byte[5]);

        assertThat(hasher.id(node))
                .isNotEqualTo(hasher.id(snapshot))
                .isNotEqualTo(hasher.id(PlainObject.chunk(node.plainBytes())));
    }

    @Test
    void id_twoRepositoriesEqualContent_shareNone() {
        ObjectHasher other = RepositoryKeys.generate(new SeededEntropy(4)).hasher();
        byte[] body = {1, 2, 3};

        assertThat(hasher.chunk(body, 0, 3)).isNotEqualTo(other.chunk(body, 0, 3));
    }

    @Test
    void id_laterEpoch_staysTheSame() {
        RepositoryKeys rotated = KEYS.nextEpoch(1, new SeededEntropy(5));
        byte[] body = {1, 2, 3};

        assertThat(rotated.currentEpoch()).isEqualTo(2);
        assertThat(rotated.repositoryId()).isEqualTo(KEYS.repositoryId());
        assertThat(rotated.hasher().chunk(body, 0, 3)).isEqualTo(hasher.chunk(body, 0, 3));
    }

    @Test
    void chunk_fromManyThreads_agrees() {
        byte[] body = new byte[10_000];
        new Random(6).nextBytes(body);
        ObjectId expected = hasher.chunk(body, 0, body.length);

        assertThat(IntStream.range(0, 200).parallel().mapToObj(_ -> hasher.chunk(body, 0, body.length)))
                .allMatch(expected::equals);
    }
}
