/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.operating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command of docs/operating.md, in its order, in a real James to which the demonstration's mails were given. */
class OperatingGuideIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Path GUIDE = Path.of("../../docs/operating.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```sh\\n(.*?)^ *```$");
    private static final String AUDIT = """
        {"policy": "audit", "reason": "to know beforehand", "owner": "ops@provider.example", "permanent": true}""";
    /** Whatever an exception has changed shows some time later. */
    private static final String GREP = "grep ";

    @Test
    void shouldRunEveryCommandOfTheGuide(@TempDir Path directory) throws Exception {
        List<String> commands = commands();
        assertThat(commands).hasSizeGreaterThan(15);
        JamesConfiguration sample = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")));
        try (DemoWorld world = new DemoWorld();
             James james = JamesSetup.of(world.configure(sample, "file://conf/dane-trust-anchors"), directory).withOurExtension()
                 .startEmbedded()) {
            Shell shell = new Shell(james, Path.of("target/operating-guide.txt"), Map.of(
                "java -jar dane-check.jar", java() + " -jar " + daneCheck(),
                "--resolver 192.0.2.53", resolver(world, james)));
            assertThat(james.webadmin().put("/dane/policies/stripped.example", AUDIT).statusCode()).isEqualTo(204);
            List<Destination> destinations = List.of(Destination.GOOD, Destination.IMPOSTOR, Destination.BOGUS, Destination.STRIPPED);
            for (Destination destination : destinations) {
                james.submit("sender@james.example", List.of(destination.recipient()), "Subject: hello\n\nHello.\n");
            }
            await().atMost(PATIENCE).until(() -> destinations.stream()
                .allMatch(each -> !james.log().linesWith("\"nextHop\":\"" + each.domain() + "\"").isEmpty()));

            await().atMost(PATIENCE).until(() -> !world.messages(Destination.STRIPPED).isEmpty());
            // The pair of keys is made when James is installed.
            assertThat(shell.run("openssl genpkey -algorithm RSA -out jwt_privatekey").exitCode()).isZero();
            List<Shell.Result> statistics = new ArrayList<>();

            for (String command : commands) {
                if (command.startsWith(GREP)) {
                    String sought = command.substring(GREP.length() + 1, command.indexOf('\'', GREP.length() + 1));
                    await().atMost(PATIENCE).until(() -> !james.log().linesWith(sought).isEmpty());
                }
                Shell.Result result = shell.run(command);
                assertThat(result.exitCode()).as("%s%n%s", command, result.output()).isZero();
                if (command.contains("/dane/statistics")) {
                    statistics.add(result);
                }
            }
            assertThat(statistics).hasSize(2).allSatisfy(result ->
                assertThat(result.output()).contains("stripped.example", "would-have-deferred", "starttls-missing"));
            // The exception of the guide had its effect, and so had its end.
            assertThat(world.messages(Destination.IMPOSTOR)).hasSize(1);
            assertThat(james.webadmin().get("/dane/policies").body()).contains("good.example").doesNotContain("impostor.example");
        }
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** The command beside the extension, of the same build. */
    private static Path daneCheck() throws IOException {
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("james.extension")).toAbsolutePath().getParent())) {
            return jars.filter(jar -> jar.getFileName().toString().endsWith("-dane-check.jar")).findFirst().orElseThrow();
        }
    }

    /** What the demonstration's DNS needs: its own root, and mail hosts on loopback addresses. */
    private static String resolver(DemoWorld world, James james) {
        return "--resolver " + world.dns().address().getAddress().getHostAddress() + ":" + world.dns().port() + " --trust-anchor "
            + james.workingDirectory().resolve("conf/dane-trust-anchors") + " --port " + world.port() + " --special-targets 127.0.0.0/8";
    }

    private static List<String> commands() throws Exception {
        List<String> commands = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(Files.readString(GUIDE));
        while (blocks.find()) {
            String block = blocks.group(2).replaceAll("(?m)^" + blocks.group(1), "").strip();
            // A block that keeps something in a variable is one command; else each line that does not go on is.
            commands.addAll(block.contains("$(") ? List.of(block) : List.of(block.split("(?<!\\\\)\\n")));
        }
        return commands;
    }
}
