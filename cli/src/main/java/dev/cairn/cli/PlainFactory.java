package dev.cairn.cli;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * Makes what the parser of the command line names by class, by its constructor without parameters. The parser's own factory looks for a
 * language's classes first that are not here, and to know that, the JVM reads the list of all that is in the jar.
 */
final class PlainFactory implements CommandLine.IFactory {

    @Override
    public <K> K create(Class<K> type) throws Exception {
        if (type == List.class) {
            return type.cast(new ArrayList<>());
        }
        if (type.isInterface()) {
            return CommandLine.defaultFactory().create(type);
        }
        Constructor<K> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        try {
            return constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw new CommandLine.InitializationException("cannot make " + type.getName(), e);
        }
    }
}
