package dev.cairn.cas;

/** A visitor that hands every call on to another. Stores of tests override what they show otherwise. */
public class ForwardingVisitor implements RecordVisitor {
    private final RecordVisitor visitor;

    public ForwardingVisitor(RecordVisitor visitor) {
        this.visitor = visitor;
    }

    @Override
    public boolean isWanted(long sequence) {
        return visitor.isWanted(sequence);
    }

    @Override
    public void record(long sequence, SealedRecord record) {
        visitor.record(sequence, record);
    }

    @Override
    public void damaged(long sequence, CorruptDataException damage) {
        visitor.damaged(sequence, damage);
    }
}
