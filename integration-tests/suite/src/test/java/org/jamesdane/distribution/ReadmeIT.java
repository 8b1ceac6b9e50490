/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the README's section on installing, as they stand there, in a James that delivers with RemoteDelivery. */
class ReadmeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```sh\n(.*?)^ *```$");
    private static final int STEPS = 4;

    private final Path directory;

    ReadmeIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldDeliverUnderDaneOnceTheStepsOfTheReadmeAreDone() throws IOException, InterruptedException {
        Archive archive = new Archive();
        Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
        archive.unpack(unpacked);
        Path james = Files.createDirectory(directory.resolve("james"));
        withoutExtension().writeTo(james.resolve("conf"));
        List<String> steps = steps(archive.version());
        assertThat(steps).hasSize(STEPS);

        for (String step : steps) {
            run(step, unpacked, james);
        }

        try (DemoWorld world = new DemoWorld()) {
            JamesConfiguration installed = world.configure(JamesConfiguration.copyOf(james.resolve("conf")),
                "file://conf/dane-trust-anchors");
            try (RealJames running = JamesSetup.of(installed, james).startProcess()) {
                running.submit("sender@james.example", List.of(Destination.GOOD.recipient()), "Subject: hello\n\nHello.\n");

                await().atMost(PATIENCE).until(() -> world.messages(Destination.GOOD).size() == 1);
                running.log().await(line -> line.contains("\"nextHop\":\"good.example\"") && line.contains("\"security\":\"verified\""),
                    PATIENCE);
            }
        }
    }

    /** The sample as it would be without us. */
    private static JamesConfiguration withoutExtension() {
        return JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf", "")))
            .replacing("mailetcontainer.xml", "org.jamesdane.james.DaneRemoteDelivery", "RemoteDelivery")
            .with("extensions.properties", "")
            .with("healthcheck.properties", "")
            .edited("webadmin.properties", text -> text.replaceAll("(?m)^extensions\\.routes=.*$", ""))
            .with("dane.properties", "policy.default=none\n");
    }

    private static List<String> steps(String version) throws IOException {
        String readme = Files.readString(Path.of(System.getProperty("dane.readme", "")));
        int begin = readme.indexOf("\n## Install it in a James");
        String section = readme.substring(begin, readme.indexOf("\n## ", begin + 1));
        List<String> steps = new ArrayList<>();
        Matcher block = BLOCK.matcher(section);
        while (block.find()) {
            steps.add(block.group(1).replace("<version>", version));
        }
        return steps;
    }

    private static void run(String step, Path unpacked, Path james) throws IOException, InterruptedException {
        Path output = Files.createTempFile(unpacked, "step", ".out");
        ProcessBuilder shell = new ProcessBuilder("sh", "-e", "-c", step).directory(unpacked.toFile()).redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).redirectOutput(output.toFile());
        shell.environment().put("JAMES", james.toString());
        assertThat(shell.start().waitFor()).as(step + Files.readString(output)).isZero();
    }
}
