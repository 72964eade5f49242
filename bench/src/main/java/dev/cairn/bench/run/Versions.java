package dev.cairn.bench.run;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.Main;

/**
 * What was measured, and with what.
 *
 * @param cairn version of the program; {@code development} where the classes do not come from a built jar
 * @param commit what is checked out where the jar was built, 40 or 64 hex digits; null if that cannot be found out. Says
 *     nothing of changes that are not committed
 * @param jdk the runtime's version and maker
 * @param vm the virtual machine
 * @param jmh the version of JMH
 */
record Versions(String cairn, @Nullable String commit, String jdk, String vm, String jmh) {

    /** Those of this process. */
    static Versions here() {
        return new Versions(
                text(Versions.class.getPackage().getImplementationVersion(), "development"),
                Checkout.ofThisProgram().commit().orElse(null),
                "%s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor", Machine.UNKNOWN)),
                System.getProperty("java.vm.name", Machine.UNKNOWN),
                jmhVersion());
    }

    private static String jmhVersion() {
        try (InputStream in = Main.class.getResourceAsStream("/jmh.properties")) {
            if (in == null) {
                return Machine.UNKNOWN;
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("jmh.version", Machine.UNKNOWN);
        } catch (IOException e) {
            return Machine.UNKNOWN;
        }
    }

    private static String text(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }

    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("cairn", cairn);
        json.put("commit", commit);
        json.put("jdk", jdk);
        json.put("vm", vm);
        json.put("jmh", jmh);
        return json;
    }
}
