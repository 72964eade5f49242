package dev.cairn.bench.data;

import dev.cairn.cas.ObjectId;
import dev.cairn.cas.RecordHeader;
import dev.cairn.cas.SealedRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Records that look sealed to a store without keys: real headers, ids and bodies of noise. No two are alike. */
public final class SampleRecords {

    private final SplittableRandom random;
    private final byte[] body;

    /** Records with a body of {@code bodyBytes} behind the header. */
    public SampleRecords(long seed, int bodyBytes) {
        random = new SplittableRandom(seed);
        body = new byte[bodyBytes];
        random.nextBytes(body);
    }

    /** New ids. */
    public List<ObjectId> ids(int count) {
        List<ObjectId> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()));
        }
        return ids;
    }

    /** A record that provides these chunks. */
    public SealedRecord record(List<ObjectId> chunks) {
        byte[] header =
                RecordHeader.run(RecordHeader.SUITE_XAES_256_GCM, 1, chunks).encode();
        byte[] bytes = Arrays.copyOf(header, header.length + body.length);
        System.arraycopy(body, 0, bytes, header.length, body.length);
        return SealedRecord.parse(bytes, "the benchmark");
    }

    /** So many records, with so many new chunks each. */
    public List<SealedRecord> records(int count, int chunksEach) {
        List<SealedRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            records.add(record(ids(chunksEach)));
        }
        return records;
    }
}
