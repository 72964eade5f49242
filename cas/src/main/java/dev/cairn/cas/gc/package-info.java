/**
 * Policies of retention, as plans that are made from values alone and change nothing; and collection of what no retained snapshot and no branch reaches, while others use the store. Works without any key.
 *
 * <p>Priorities, in this order: nothing that is reachable, or that a session was told is there, is ever removed; a collection may
 * be killed anywhere; writers do not wait; memory stays bounded; then speed.
 *
 * <h2>How it goes</h2>
 *
 * <ol>
 *   <li><b>Mark.</b> The number E of the next record is noted, then the roots are read. {@link dev.cairn.cas.gc.Marking} follows
 *       the children of pages and snapshots in clear headers, of every provider; then what deltas among that build on. Candidates
 *       are the objects not marked, all of whose providers have numbers below E. They are gathered on a list.
 *   <li><b>Condemn.</b> One small transaction gives the list its meaning, and raises the epoch. For sessions that began before,
 *       what is on it is there; for all others it is not. Roots of that moment come off it.
 *   <li><b>Wait.</b> Sessions of an older epoch may still refer to what is condemned. Only when they have ended does it go on; a
 *       collection does not block for them, it ends and leaves the rest to the next.
 *   <li><b>Spare.</b> What records from E on provide and refer to comes off the list, and what that needs, recursively. An id that
 *       comes off has to be settled: what it needs comes off in the transaction that settles it.
 *   <li><b>Delete.</b> One transaction, in which nothing is unsettled, turns condemned into gone. From there on the rows are
 *       removed in any order, some thousands a transaction.
 *   <li><b>Volumes</b> that are mostly dead are emptied into new ones and removed.
 * </ol>
 *
 * <h2>Why nothing that is needed is lost</h2>
 *
 * <p><i>Invariant.</i> From the time at which all old sessions have ended and step 4 is done, no object that is not on the list
 * refers to one that is, through any of its providers. (a) A marked object: whatever its providers refer to was marked, or the
 * provider came at E or later and was looked through. (b) An object with a provider from E on: was looked through with all its
 * providers. (c) One that came off the list: was settled. (d) One that is stored after all old sessions ended: the store refuses
 * it while anything it refers to is on the list, for everyone who stores then sees condemned ids as absent; and what it provides
 * comes off the list unsettled, so that the transaction of step 5 does not go through before that is done. Roots added later are
 * stored objects of (b) or (d), or come off the list themselves.
 *
 * <p>So when the list turns into what is gone, all that is reachable, and all that sessions were told of or stored, lies outside
 * it, with everything it needs. An id that is stored once more from then on gets a row with the new provider alone, whose needs
 * are outside the list by (d). That is why rows can go in any order.
 *
 * <p>No clock takes part. What a session that was expired by a server's policy relied on may go; it then gets the answer that it
 * is missing.
 *
 * <h2>What it does not do</h2>
 *
 * Collection decides nothing about which snapshots are retained: whoever carries a policy out asks {@code
 * dev.cairn.cas.snapshot.note}. It does not open records, so that dead parts of runs stay until the whole
 * record is dead.
 */
@NullMarked
package dev.cairn.cas.gc;

import org.jspecify.annotations.NullMarked;
