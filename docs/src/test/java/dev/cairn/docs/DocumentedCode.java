package dev.cairn.docs;

import dev.cairn.replicator.protocol.ProblemCode;
import dev.cairn.replicator.protocol.Route;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the marked tables of a page say, against the code. Each rule answers with its faults, a line each, empty when page and code
 * agree.
 */
final class DocumentedCode {
    private static final String ROOT = "dev.cairn.";
    private static final Pattern AMOUNT = Pattern.compile("([\\d,]+)(?: ([KMG])iB)?");
    private static final Pattern SPAN = Pattern.compile("(.*?)(\\d+) to \\1(\\d+)");
    private static final Pattern CODE_SPAN = Pattern.compile("`([^`]+)`");

    private final Document page;

    DocumentedCode(Document page) {
        this.page = page;
    }

    /** The table of limits: each value is that of its constant. */
    List<String> limitFaults() {
        List<String> faults = new ArrayList<>();
        for (Document.Row row : page.rows("limits")) {
            String constant = plain(row.cell("constant"));
            try {
                long actual = constant(constant);
                long said = amount(row.cell("value"));
                if (actual != said) {
                    faults.add("%s says that %s is %d; it is %d".formatted(page.name(), constant, said, actual));
                }
            } catch (ReflectiveOperationException | IllegalArgumentException e) {
                faults.add("%s names %s, which cannot be read: %s".formatted(page.name(), constant, e));
            }
        }
        return faults;
    }

    /** The constants that the table of limits names. */
    Set<String> limits() {
        Set<String> constants = new HashSet<>();
        page.rows("limits").forEach(row -> constants.add(plain(row.cell("constant"))));
        return constants;
    }

    /** Constants of these classes, and of those inside them, that are named as limits are and that {@code documented} lacks. */
    static List<String> undocumentedLimits(Collection<String> classes, Set<String> documented)
            throws ClassNotFoundException {
        List<String> faults = new ArrayList<>();
        Deque<Class<?>> open = new ArrayDeque<>();
        for (String name : classes) {
            open.add(Class.forName(name, false, DocumentedCode.class.getClassLoader()));
        }
        for (Class<?> type = open.poll(); type != null; type = open.poll()) {
            open.addAll(List.of(type.getDeclaredClasses()));
            for (Field field : type.getDeclaredFields()) {
                String path = type.getName().substring(ROOT.length()) + "." + field.getName();
                if (Modifier.isStatic(field.getModifiers())
                        && field.getName().matches("\\w+_(MAX|LIMIT)")
                        && !documented.contains(path)) {
                    faults.add(path + " is in no table of limits: say its value and its reason");
                }
            }
        }
        return faults;
    }

    /** The tables of codes, each marked with its enum: every constant has its row, and every row its constant. */
    List<String> codeFaults() {
        List<String> faults = new ArrayList<>();
        for (String mark : page.marks("codes: ")) {
            String type = mark.substring("codes: ".length());
            try {
                Map<String, Long> actual = codes(Class.forName(ROOT + type));
                Map<String, Long> said = new TreeMap<>();
                page.rows(mark).forEach(row -> said.putAll(span(row)));
                if (!actual.equals(said)) {
                    faults.add("%s says %s of %s; it is %s".formatted(page.name(), said, type, actual));
                }
            } catch (ReflectiveOperationException e) {
                faults.add(page.name() + " names " + type + ", which cannot be read: " + e);
            }
        }
        return faults;
    }

    /** The first column against the second; a row from one name to another stands for all between. */
    private static Map<String, Long> span(Document.Row row) {
        String first = row.cells().keySet().stream()
                .filter(List.of("type", "kind", "codec", "table")::contains)
                .findFirst()
                .orElseThrow(() -> new AssertionError("a table of codes without a column of names"));
        String name = plain(row.cell(first));
        Matcher names = SPAN.matcher(name);
        if (!names.matches()) {
            return Map.of(name, Long.valueOf(row.cell("code")));
        }
        Map<String, Long> all = new TreeMap<>();
        long code = Long.parseLong(row.cell("code").split(" ", 2)[0]);
        for (int i = Integer.parseInt(names.group(2)); i <= Integer.parseInt(names.group(3)); i++) {
            all.put(names.group(1) + i, code++);
        }
        return all;
    }

    private static Map<String, Long> codes(Class<?> type) throws ReflectiveOperationException {
        Map<String, Long> codes = new TreeMap<>();
        for (Object constant : type.getEnumConstants()) {
            String name = nameOf(constant);
            if (name != null) {
                codes.put(name, codeOf(constant));
            }
        }
        return codes;
    }

    /** Null for what has no place in a table: the unnamed table, and what protobuf adds to enums. */
    private static @Nullable String nameOf(Object constant) throws ReflectiveOperationException {
        String name = ((Enum<?>) constant).name();
        if (name.equals("UNRECOGNIZED") || name.endsWith("_UNSPECIFIED")) {
            return null;
        }
        for (Field field : constant.getClass().getDeclaredFields()) {
            if (field.getName().equals("lmdbName")) {
                field.setAccessible(true);
                return (String) field.get(constant);
            }
        }
        return name.replaceFirst("^SLOT_KIND_", "");
    }

    private static long codeOf(Object constant) throws ReflectiveOperationException {
        for (Field field : constant.getClass().getDeclaredFields()) {
            if (field.getName().equals("code") || field.getName().equals("value")) {
                field.setAccessible(true);
                return field.getLong(constant);
            }
        }
        throw new NoSuchFieldException("code of " + constant);
    }

    /** The table of routes of the wire. */
    List<String> routeFaults() {
        Map<String, String> said = new TreeMap<>();
        page.rows("routes").forEach(row -> said.put(plain(row.cell("route")), row.cell("role")));
        List<String> faults = new ArrayList<>();
        for (Route route : Route.values()) {
            String path = "%s /v1/TENANT/REPOSITORY/%s".formatted(route.method(), route.segment());
            String role = said.getOrDefault(path, "");
            if (!role.startsWith(route.role().name().toLowerCase(Locale.ROOT))) {
                faults.add("%s says that %s takes '%s'; it takes %s".formatted(page.name(), path, role, route.role()));
            }
        }
        for (String path : List.of(Route.HELLO_PATH, Route.ENROL_PATH, Route.SESSION_PATH)) {
            if (!said.containsKey("POST " + path)) {
                faults.add(page.name() + " does not say POST " + path);
            }
        }
        return faults;
    }

    /** The table of problems of the wire. */
    List<String> problemFaults() {
        Set<String> actual = new HashSet<>();
        for (ProblemCode code : ProblemCode.values()) {
            actual.add("%s %d %d".formatted(code, code.number(), code.status()));
        }
        Set<String> said = new HashSet<>();
        page.rows("problems")
                .forEach(row -> said.add(
                        "%s %s %s".formatted(plain(row.cell("code")), row.cell("number"), row.cell("status"))));
        return actual.equals(said)
                ? List.of()
                : List.of("%s says %s of problems; they are %s".formatted(page.name(), said, actual));
    }

    /** The labels that the table of labels names. */
    Set<String> labels() {
        Set<String> labels = new HashSet<>();
        for (Document.Row row : page.rows("labels")) {
            Matcher spans = CODE_SPAN.matcher(row.cell("label"));
            while (spans.find()) {
                labels.add(spans.group(1));
            }
        }
        return labels;
    }

    /** The messages of a module, whose {@code .proto} files have these texts, against the block that is marked with it. */
    List<String> messageFaults(String module, Collection<String> protos) {
        Map<String, String> actual = new TreeMap<>();
        protos.forEach(text -> actual.putAll(ProtobufText.definitions(text)));
        Map<String, String> said = ProtobufText.definitions(page.block("messages: " + module));
        Set<String> names = new HashSet<>(actual.keySet());
        names.addAll(said.keySet());
        return names.stream()
                .sorted()
                .filter(name -> !actual.getOrDefault(name, "").equals(said.getOrDefault(name, "")))
                .map(name ->
                        "%s says of %s: %s; it is: %s".formatted(page.name(), name, said.get(name), actual.get(name)))
                .toList();
    }

    private static String plain(String cell) {
        return cell.replace("`", "");
    }

    /** A number, or a number of KiB, MiB or GiB in bytes. */
    static long amount(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            throw new IllegalArgumentException("not an amount: " + text);
        }
        long number = Long.parseLong(amount.group(1).replace(",", ""));
        return switch (amount.group(2)) {
            case "K" -> number << 10;
            case "M" -> number << 20;
            case "G" -> number << 30;
            case null, default -> number;
        };
    }

    /** The number at a path below {@code dev.cairn}: a class, a static field, and where that holds a record a component of it. */
    private static long constant(String path) throws ReflectiveOperationException {
        String[] parts = path.split("\\.");
        for (int end = parts.length - 1; end > 0; end--) {
            Class<?> type;
            try {
                type = Class.forName(ROOT + String.join(".", List.of(parts).subList(0, end)));
            } catch (ClassNotFoundException e) {
                continue;
            }
            Field field = type.getDeclaredField(parts[end]);
            field.setAccessible(true);
            Object value = field.get(null);
            for (String component : List.of(parts).subList(end + 1, parts.length)) {
                Method accessor = value.getClass().getMethod(component);
                value = accessor.invoke(value);
            }
            return ((Number) value).longValue();
        }
        throw new ClassNotFoundException(path);
    }
}
