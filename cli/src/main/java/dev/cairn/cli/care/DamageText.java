package dev.cairn.cli.care;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.cairn.cas.ObjectId;
import dev.cairn.cas.manifest.EntryPath;
import dev.cairn.cas.snapshot.verify.Damage;
import dev.cairn.cli.console.Console;

/** Damage for people and for scripts. */
final class DamageText {

    private DamageText() {}

    /** The path and the snapshot first, where they are known: that is what somebody asks who has lost something. */
    static String text(Damage damage) {
        EntryPath path = damage.path();
        ObjectId snapshot = damage.snapshot();
        String in = snapshot == null
                ? ""
                : "snapshot " + snapshot.abbreviated() + (path == null ? ", " : ": " + path + ", ");
        return in + damage.where() + ": " + damage.reason();
    }

    static void add(ArrayNode damaged, Damage damage) {
        var one = damaged.addObject().put("where", damage.where()).put("reason", damage.reason());
        if (damage.snapshot() != null) {
            one.put("snapshot", damage.snapshot().toString());
        }
        EntryPath path = damage.path();
        if (path != null) {
            Console.putPath(one, path.bytes());
        }
    }
}
