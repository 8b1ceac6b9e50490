/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;

/** James with the extension's jar and the sample configuration. */
final class JamesSender implements MailSender {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final RealJames james;

    JamesSender(String name, String resolver, List<String> trustAnchors, Path directory) {
        this.name = name;
        JamesConfiguration sample = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf", "conf")))
            .with("dane-trust-anchors", String.join("\n", trustAnchors) + "\n")
            .appending("dane.properties", """
                dns.servers=%s
                dns.trust-anchors=file://conf/dane-trust-anchors
                smtp.allowed-special-targets=127.0.0.0/8, fd25::/16
                smtp.own-addresses=none
                """.formatted(resolver));
        james = JamesSetup.of(sample, directory).withOurExtension().startProcess();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public InetSocketAddress submission() {
        return james.smtp();
    }

    @Override
    public Verdict verdict(Destination destination) {
        for (String line : james.log().linesWith("user@" + destination.domain())) {
            Matcher deferred = Pattern.compile("The mail \\S+ to " + Pattern.quote(destination.recipient()) + " is deferred: (.*)")
                .matcher(line);
            if (deferred.find()) {
                return new Verdict(Verdict.Word.DEFERRED, deferred.group(1));
            }
            if (line.contains(" is given up for ")) {
                return new Verdict(Verdict.Word.BOUNCED, line.substring(line.indexOf(" is given up for ")));
            }
        }
        for (String line : james.log().linesWith("\"nextHop\":\"" + destination.domain() + "\"")) {
            JsonNode audit = json(line.substring(line.indexOf('{')));
            if (audit.path("accepted").asInt() > 0) {
                String label = audit.path("security").asText().toUpperCase(Locale.ROOT).replace('-', '_');
                return new Verdict(Verdict.Word.valueOf(label), audit.path("host").asText() + "[" + audit.path("address").asText() + "]");
            }
        }
        return Verdict.NOTHING;
    }

    @Override
    public String log() {
        return james.log().tail();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        james.close();
    }
}
