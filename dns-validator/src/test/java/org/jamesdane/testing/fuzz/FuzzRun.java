/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.fuzz;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Runs every fuzz test of a module for some minutes, each in a virtual machine of its own, guided by coverage. What it finds lies in
 * {@code target/fuzz/<class>/}; to mend it for good, the file goes among the resources of the test.
 *
 * <p>Arguments: the directory of the module; minutes for each test; a part of the names of the classes to run, all without it.
 */
public final class FuzzRun {
    private static final int SECONDS_PER_MINUTE = 60;
    /** Code whose branches guide the fuzzer: ours, and the parsers below it. */
    private static final String GUIDE = "org.jamesdane.**:org.xbill.DNS.**:org.bouncycastle.tls.*:org.apache.james.mime4j.**";

    private FuzzRun() {
    }

    public static void main(String[] arguments) throws IOException, InterruptedException, ReflectiveOperationException {
        Path module = Path.of(arguments[0]).toAbsolutePath();
        long seconds = Math.max(1, Math.round(Double.parseDouble(arguments[1]) * SECONDS_PER_MINUTE));
        String only = arguments.length > 2 ? arguments[2] : "";
        List<String> failed = new ArrayList<>();
        for (Class<?> each : tests(module)) {
            if (each.getSimpleName().contains(only) && run(module, each, seconds) != 0) {
                failed.add(each.getSimpleName());
            }
        }
        if (!failed.isEmpty()) {
            System.err.println("The fuzzer found something in " + failed + "; the octets are below " + module.resolve("target/fuzz"));
            System.exit(1);
        }
    }

    private static List<Class<?>> tests(Path module) throws IOException, ReflectiveOperationException {
        List<Class<?>> tests = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path classes = Path.of(entry).toAbsolutePath();
            if (classes.startsWith(module) && Files.isDirectory(classes)) {
                addTests(classes, tests);
            }
        }
        return tests;
    }

    private static void addTests(Path classes, List<Class<?>> tests) throws IOException, ReflectiveOperationException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(path -> path.getFileName().toString().endsWith("FuzzTest.class")).sorted().toList()) {
                String name = classes.relativize(file).toString().replace(File.separatorChar, '.');
                tests.add(Class.forName(name.substring(0, name.length() - ".class".length())));
            }
        }
    }

    private static int run(Path module, Class<?> test, long seconds) throws IOException, InterruptedException {
        String method = Arrays.stream(test.getDeclaredMethods()).filter(each -> each.isAnnotationPresent(FuzzTest.class))
            .map(Method::getName).findFirst().orElseThrow(() -> new IllegalStateException(test + " has no method with @FuzzTest"));
        Path found = Files.createDirectories(module.resolve("target/fuzz").resolve(test.getSimpleName()));
        Path corpus = Files.createDirectories(found.resolve("corpus"));
        Path seeds = module.resolve("src/test/resources").resolve(test.getPackageName().replace('.', '/'))
            .resolve(test.getSimpleName() + "Inputs").resolve(method);
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx1g",
            "-cp", System.getProperty("java.class.path"), "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + test.getName(), "--target_method=" + method, "--hooks=true",
            // Tests of handshakes talk to a server of their own.
            "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery",
            "--instrumentation_includes=" + GUIDE, "--custom_hook_includes=" + GUIDE,
            "--reproducer_path=" + found, "-max_total_time=" + seconds, "-artifact_prefix=" + found + "/",
            "-rss_limit_mb=4096", "-timeout=120", "-len_control=0", "-max_len=4096", "-print_final_stats=1",
            corpus.toString()));
        if (Files.isDirectory(seeds)) {
            command.add(seeds.toString());
        }
        System.out.println("Fuzzing " + test.getName() + " for " + seconds + " s");
        return new ProcessBuilder(command).directory(module.toFile()).inheritIO().start().waitFor();
    }
}
