import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.JSRInlinerAdapter;

/**
 * Rewrites the classes of a jar that are older than Java 6 (class file version 50), in place, as classes of Java 8. The JVM checks
 * such old classes with its old verifier, and so leaves them out of every ahead-of-time cache: the command line parser (Java 5)
 * then costs each start more than all else that it loads. What the classes do stays the same; only their stack maps are added, and
 * subroutines ({@code jsr}, which newer versions lack) inlined.
 *
 * <p>Entries keep their order and time, so that equal jars in give equal jars out.
 *
 * <p>Arguments: {@code JAR}. It runs as a source file, as the format check does.
 */
final class Modernize {
    private static final int FIRST_WITH_NEW_VERIFIER = Opcodes.V1_6;
    private static final int MAJOR_VERSION_OFFSET = 7;

    private Modernize() {}

    public static void main(String... arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: java Modernize.java JAR");
            System.exit(2);
        }
        Path jar = Path.of(arguments[0]);
        Path modern = jar.resolveSibling(jar.getFileName() + ".modern");
        int rewritten = 0;
        try (ZipFile in = new ZipFile(jar.toFile());
                URLClassLoader classes =
                        new URLClassLoader(new URL[] {jar.toUri().toURL()});
                ZipOutputStream out = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(modern)))) {
            for (ZipEntry entry : Collections.list(in.entries())) {
                byte[] bytes = read(in, entry);
                if (isOld(entry.getName(), bytes)) {
                    bytes = rewrite(bytes, classes);
                    rewritten++;
                }
                write(out, entry, bytes);
            }
        }
        Files.move(modern, jar, StandardCopyOption.REPLACE_EXISTING);
        System.out.println("Modernize: " + rewritten + " old classes rewritten in " + jar.getFileName());
    }

    private static byte[] read(ZipFile in, ZipEntry entry) throws IOException {
        try (InputStream bytes = in.getInputStream(entry)) {
            return bytes.readAllBytes();
        }
    }

    private static boolean isOld(String name, byte[] bytes) {
        return name.endsWith(".class")
                && bytes.length > MAJOR_VERSION_OFFSET
                && bytes[MAJOR_VERSION_OFFSET] < FIRST_WITH_NEW_VERIFIER;
    }

    private static byte[] rewrite(byte[] old, ClassLoader classes) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
            @Override
            protected ClassLoader getClassLoader() {
                return classes;
            }
        };
        ClassVisitor inliner = new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public void visit(
                    int version, int access, String name, String signature, String parent, String[] interfaces) {
                super.visit(Opcodes.V1_8, access, name, signature, parent, interfaces);
            }

            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String descriptor, String signature, String[] exceptions) {
                MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
                return new JSRInlinerAdapter(next, access, name, descriptor, signature, exceptions);
            }
        };
        new ClassReader(old).accept(inliner, ClassReader.SKIP_FRAMES);
        return writer.toByteArray();
    }

    private static void write(ZipOutputStream out, ZipEntry entry, byte[] bytes) throws IOException {
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
    }
}
