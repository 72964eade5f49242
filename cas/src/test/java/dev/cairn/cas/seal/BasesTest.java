package dev.cairn.cas.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.ObjectSource;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BasesTest {
    private static final ObjectId FIRST = ObjectId.of(new byte[ObjectId.BYTES]);
    private static final ObjectId SECOND = ObjectId.of(filled(ObjectId.BYTES, 1));

    private static byte[] filled(int bytes, int with) {
        byte[] filled = new byte[bytes];
        Arrays.fill(filled, (byte) with);
        return filled;
    }

    @Test
    void add_partsOfArrays_standOneBehindTheOther() {
        Bases bases = new Bases();
        assertThat(bases.isEmpty()).isTrue();
        assertThat(bases.add(FIRST, new ObjectSource.Bytes(new byte[] {1, 2, 3, 4}, 1, 2)))
                .isTrue();
        assertThat(bases.add(SECOND, new ObjectSource.Bytes(filled(3000, 9), 5, 2500)))
                .isTrue();
        assertThat(bases.bounds()).containsExactly(0, 2, 2502);
        assertThat(bases.length()).isEqualTo(2502);
        assertThat(Arrays.copyOf(bases.buffer(), 3)).containsExactly(2, 3, 9);
        assertThat(bases.id(1)).isEqualTo(SECOND);
    }

    @Test
    void add_noRoom_isRefusedAndLeavesTheOthers() {
        Bases bases = new Bases();
        assertThat(bases.add(FIRST, new ObjectSource.Bytes(new byte[Deltas.BASE_BYTES_MAX], 0, Deltas.BASE_BYTES_MAX)))
                .isTrue();
        assertThat(bases.add(SECOND, new ObjectSource.Bytes(new byte[1], 0, 1))).isFalse();
        assertThat(bases.bounds()).containsExactly(0, Deltas.BASE_BYTES_MAX);
        assertThat(bases.buffer()).hasSize(Deltas.BASE_BYTES_MAX);
        assertThatIllegalArgumentException().isThrownBy(() -> Bases.of(FIRST, new byte[Deltas.BASE_BYTES_MAX + 1]));
    }

    @Test
    void clear_keepsNothingButTheBuffer() {
        Bases bases = Bases.of(FIRST, filled(1000, 7));
        byte[] buffer = bases.buffer();
        bases.clear();
        assertThat(bases.isEmpty()).isTrue();
        assertThat(bases.bounds()).containsExactly(0);
        bases.add(SECOND, new ObjectSource.Bytes(new byte[] {5}, 0, 1));
        assertThat(bases.buffer()).isSameAs(buffer);
        assertThat(bases.id(0)).isEqualTo(SECOND);
    }
}
