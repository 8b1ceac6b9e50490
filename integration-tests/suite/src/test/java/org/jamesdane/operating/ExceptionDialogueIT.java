/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.operating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.smtp.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator finds out why mail to a domain waits, lets it through for a time, sees that used and sees it end. What was said is in
 * {@code target/operator-dialogue.txt}.
 */
class ExceptionDialogueIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String POLICY = Shell.WEBADMIN + "/dane/policies/impostor.example";

    @Test
    void shouldLetAnOperatorFindGrantSeeUsedAndSeeEndAnException(@TempDir Path directory) throws Exception {
        JamesConfiguration sample = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")));
        try (DemoWorld world = new DemoWorld();
             James james = JamesSetup.of(world.configure(sample, "file://conf/dane-trust-anchors"), directory).withOurExtension()
                 .startProcess()) {
            Shell shell = new Shell(james, Path.of("target/operator-dialogue.txt"), Map.of());
            submit(james, "first");
            await().atMost(PATIENCE).until(() -> !deferrals(james).isEmpty());

            shell.note("# A customer asks where the mail to impostor.example is.");
            Shell.Result waiting = shell.run("curl -s '" + Shell.WEBADMIN + "/dane/deferred?domain=impostor.example'");
            assertThat(waiting.output()).contains("\"total\":1", "mx.impostor.example: no TLSA record matches");

            shell.note("# Their operator confirms a wrong certificate, and mail may go without being authenticated for two days.");
            Shell.Result refused = shell.run(put("encrypt", ""));
            assertThat(refused.exitCode()).isEqualTo(22);
            assertThat(refused.output()).contains("A policy needs an end");
            assertThat(shell.run(put("encrypt", ", \"lifetime\": \"2 days\"")).exitCode()).isZero();

            shell.note("# It is used at once: the mail that waited has left, and its audit line names the exception.");
            await().atMost(PATIENCE).until(() -> delivered(world).size() == 1);
            await().atMost(PATIENCE).until(() -> !james.log().linesWith("domain impostor.example until ").isEmpty());
            Shell.Result used = shell.run("grep 'org.jamesdane.audit' " + Shell.LOG + " | grep '\"impostor.example\"' | tail -1");
            assertThat(used.output()).contains("domain impostor.example until ", "encrypted");
            assertThat(shell.run("curl -s " + POLICY).output())
                .contains("\"policy\":\"encrypt\"", "\"owner\":\"ops@provider.example\"", "\"action\":\"set\"");

            shell.note("# The same with an end that is near enough to be seen (here 5 seconds for 2 days).");
            assertThat(shell.run(put("encrypt", ", \"lifetime\": \"5 s\"")).exitCode()).isZero();
            james.log().await(line -> line.contains("The policy encrypt for impostor.example has ended"), PATIENCE);
            shell.run("grep 'has ended' " + Shell.LOG + " | tail -1");
            Shell.Result ended = shell.run("curl -s " + POLICY);
            assertThat(ended.output()).contains("\"applies\":{").contains("\"policy\":\"dane\"").contains("\"source\":\"default\"")
                .contains("\"ended\":{").doesNotContain("\"set\":{");

            shell.note("# Mail is held to DANE again.");
            int before = deferrals(james).size();
            submit(james, "second");
            await().atMost(PATIENCE).until(() -> deferrals(james).size() > before);
            assertThat(delivered(world)).hasSize(1);
            assertThat(shell.run("curl -s '" + Shell.WEBADMIN + "/dane/deferred?domain=impostor.example'").output())
                .contains("no TLSA record matches");
        }
    }

    private static String put(String policy, String end) {
        return "curl -s -X PUT -H 'Content-Type: application/json' " + POLICY + " \\\n    -d '{\"policy\": \"" + policy
            + "\", \"reason\": \"wrong certificate, ticket 17\", \"owner\": \"ops@provider.example\"" + end + "}'";
    }

    private static void submit(James james, String subject) {
        james.submit("sender@james.example", List.of(Destination.IMPOSTOR.recipient()), "Subject: " + subject + "\n\nHello.\n");
    }

    private static List<Transaction> delivered(DemoWorld world) {
        return world.messages(Destination.IMPOSTOR);
    }

    private static List<String> deferrals(James james) {
        return james.log().linesWith(Destination.IMPOSTOR.recipient() + " is deferred");
    }
}
