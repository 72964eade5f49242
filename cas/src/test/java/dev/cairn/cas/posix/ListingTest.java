package dev.cairn.cas.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ListingTest {
    @Test
    void sorted_randomNames_sameAsATreeMap() throws PosixException {
        long seed = System.nanoTime();
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        List<FileType> types = List.of(FileType.values());
        for (int count : new int[] {0, 1, 2, 3, 31, 32, 33, 1000, 4097}) {
            TreeMap<byte[], FileType> expected = new TreeMap<>(Arrays::compareUnsigned);
            Listing.Collector collector = new Listing.Collector();
            while (expected.size() < count) {
                byte[] name = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 12)];
                random.nextBytes(name);
                FileType type = types.get(random.nextInt(types.size()));
                if (expected.putIfAbsent(name, type) == null) {
                    collector.name(name, type);
                }
            }
            Listing listing = collector.sorted();
            assertThat(listing.size()).isEqualTo(count);
            int index = 0;
            for (Map.Entry<byte[], FileType> entry : expected.entrySet()) {
                assertThat(listing.name(index)).isEqualTo(entry.getKey());
                assertThat(listing.type(index)).isEqualTo(entry.getValue());
                assertThat(listing.indexOf(entry.getKey())).isEqualTo(index);
                index++;
            }
            assertThat(listing.indexOf(new byte[500])).isEqualTo(-1);
        }
    }

    @Test
    void name_beyondTheLimit_refused() throws PosixException {
        Listing.Collector collector = new Listing.Collector(100);
        collector.name(new byte[47], FileType.REGULAR);
        collector.name(new byte[47], FileType.REGULAR);
        assertThatThrownBy(() -> collector.name(new byte[1], FileType.REGULAR))
                .isInstanceOfSatisfying(
                        PosixException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EOVERFLOW));
        assertThat(collector.sorted().size()).isEqualTo(2);
        assertThatThrownBy(() -> new Listing.Collector().name(new byte[4096], FileType.REGULAR))
                .isInstanceOf(PosixException.class);
    }
}
