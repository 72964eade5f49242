package dev.cairn.cli.serve;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * SIGHUP, by which services are told to read their configuration again. The JDK has no public interface for signals; its class
 * {@code sun.misc.Signal}, of the module {@code jdk.unsupported}, has been there since version 1.2. It is looked for at run time, since a
 * compiler rightly warns of it.
 */
final class HangUp {

    private HangUp() {}

    /**
     * Runs {@code task} at each SIGHUP from now on, on a thread of its own, in place of ending the process.
     *
     * @return whether that can be done here
     */
    static boolean handle(Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler handling = (proxy, method, arguments) -> handled(task, proxy, method, arguments);
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, handling);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            System.getLogger(HangUp.class.getName()).log(System.Logger.Level.DEBUG, "no SIGHUP here", e);
            return false;
        }
    }

    private static @Nullable Object handled(Runnable task, Object proxy, Method method, Object... arguments) {
        // Of the methods of Object, which come here too, the JDK calls none but for its table of handlers.
        return switch (method.getName()) {
            case "handle" -> {
                task.run();
                yield null;
            }
            case "hashCode" -> System.identityHashCode(task);
            case "equals" -> System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
            default -> "the handler of SIGHUP";
        };
    }
}
