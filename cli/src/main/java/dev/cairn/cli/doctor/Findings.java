package dev.cairn.cli.doctor;

import dev.cairn.cli.doctor.Finding.Level;
import java.util.ArrayList;
import java.util.List;

/** What was found so far, in the order in which it was looked at. Not thread-safe. */
final class Findings {

    private final List<Finding> all = new ArrayList<>();

    void ok(String check, String message) {
        all.add(new Finding(check, Level.OK, message, ""));
    }

    void warning(String check, String message, String hint) {
        all.add(new Finding(check, Level.WARNING, message, hint));
    }

    void problem(String check, String message, String hint) {
        all.add(new Finding(check, Level.PROBLEM, message, hint));
    }

    void damage(String check, String message, String hint) {
        all.add(new Finding(check, Level.DAMAGE, message, hint));
    }

    List<Finding> all() {
        return List.copyOf(all);
    }

    long count(Level level) {
        return all.stream().filter(finding -> finding.level() == level).count();
    }
}
