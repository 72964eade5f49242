package dev.cairn.docs;

import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_STATIC;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** A jar that starts as the product's does, by the name of its main class, and runs {@link LauncherProbe}. */
final class ProbeJar {

    private static final String MAIN = "dev.cairn.cli.Main";

    private ProbeJar() {}

    static void write(Path jar) throws IOException {
        String probe = entry(LauncherProbe.class.getName());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream bytes = ProbeJar.class.getResourceAsStream("/" + probe)) {
            out.putNextEntry(new JarEntry(probe));
            bytes.transferTo(out);
            out.putNextEntry(new JarEntry(entry(MAIN)));
            out.write(main());
            out.closeEntry();
        }
    }

    private static String entry(String type) {
        return type.replace('.', '/') + ".class";
    }

    /** The class of the product's name, since the product's own is on the class path: it calls the probe. */
    private static byte[] main() {
        MethodTypeDesc arguments = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String.arrayType());
        return ClassFile.of()
                .build(
                        ClassDesc.of(MAIN),
                        type -> type.withMethodBody(
                                "main",
                                arguments,
                                ACC_PUBLIC | ACC_STATIC,
                                code -> code.aload(0)
                                        .invokestatic(ClassDesc.of(LauncherProbe.class.getName()), "main", arguments)
                                        .return_()));
    }
}
