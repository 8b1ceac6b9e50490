/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import javax.tools.ToolProvider;

import org.jamesdane.testing.dns.SignedDns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the package's page, compiled as a stranger would compile it, and run on a signed world. */
class PackageExampleTest {
    private static final Path PAGE = Path.of("src/main/java/org/jamesdane/dns/validating/package-info.java");
    private static final String BEGIN = "<pre>{@code\n";
    private static final String END = " * }</pre>";
    private static final byte[] DIGEST = {1, 2, 3, 4};

    @TempDir
    private Path directory = Path.of("");

    @Test
    void shouldPrintTheRecordsThatAreSecure() throws Exception {
        try (SignedDns dns = SignedDns.world().zone("example.org").tlsa("_25._tcp.mx", 3, 1, 2, DIGEST).world().start()) {
            assertThat(run(dns)).containsExactly("3 1 2 01020304");
        }
    }

    @Test
    void shouldSayNothingOfRecordsThatAreNotSigned() throws Exception {
        try (SignedDns dns = SignedDns.world().zone("example.org").unsigned().tlsa("_25._tcp.mx", 3, 1, 2, DIGEST).world().start()) {
            assertThat(run(dns)).isEmpty();
        }
    }

    private List<String> run(SignedDns dns) throws Exception {
        Path source = Files.writeString(directory.resolve("Example.java"), program(dns));
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"),
            "-d", directory.toString(), source.toString());
        assertThat(code).as("the example compiles").isZero();
        List<String> printed = new ArrayList<>();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            Consumer<Object> out = line -> printed.add(String.valueOf(line));
            loader.loadClass("Example").getMethod("run", Consumer.class).invoke(null, out);
        }
        return printed;
    }

    /** The example with the world's resolver and trust anchor, and with an ear in place of the console. */
    private static String program(SignedDns dns) throws IOException {
        InetSocketAddress resolver = dns.address();
        return "import java.net.InetSocketAddress; import java.security.SecureRandom; import java.time.Clock; import java.util.List;"
            + "import org.jamesdane.dns.*; import org.jamesdane.dns.validating.*;"
            + "public class Example { public static void run(java.util.function.Consumer<Object> out) {"
            + replaced(replaced(example(), "\"192.0.2.53\", 53", "\"" + resolver.getHostString() + "\", " + resolver.getPort()),
                ".build()", ".trustAnchors(TrustAnchors.parse(List.of(\"" + dns.trustAnchor() + "\"))).build()")
                .replace("System.out::println", "out").replace("System.out.println", "out.accept") + "}}";
    }

    private static String replaced(String text, String old, String fresh) {
        assertThat(text).contains(old);
        return text.replace(old, fresh);
    }

    private static String example() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        String example = page.substring(begin, page.indexOf(END, begin)).replaceAll("(?m)^ \\* ?", "");
        assertThat(example.lines().count()).isLessThanOrEqualTo(10);
        return example;
    }
}
