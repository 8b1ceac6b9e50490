/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;

/**
 * Three destinations: one with DANE, one that takes each mail only the second time, one plain; the host that the mail comes from, one
 * that may be silent, and their DNS.
 */
public final class LoadWorld implements AutoCloseable {
    /** A {@code mailrepositorystore.xml} with repositories in files, which outlive James. */
    public static final String MAIL_REPOSITORIES = """
        <mailrepositorystore>
          <defaultProtocol>file</defaultProtocol>
          <mailrepositories>
            <mailrepository class="org.apache.james.mailrepository.file.FileMailRepository">
              <protocols><protocol>file</protocol></protocols>
              <config FIFO="false" CACHEKEYS="true"/>
            </mailrepository>
            <mailrepository class="org.apache.james.mailrepository.memory.MemoryMailRepository">
              <protocols><protocol>memory</protocol></protocols>
            </mailrepository>
          </mailrepositories>
        </mailrepositorystore>
        """;

    private static final String SILENT = "127.78.0.5";
    private static final int BACKLOG = 200;

    private final CountingSink dane;
    private final CountingSink grey;
    private final CountingSink plain;
    private final CountingSink source;
    private final SignedDns dns;
    private Optional<ServerSocket> silence = Optional.empty();

    /** Starts everything. */
    public LoadWorld() {
        Credential certificate = TestPki.selfSigned("mx.dane.example").issue();
        plain = new CountingSink("127.78.0.1", 0, Optional.empty(), false);
        grey = new CountingSink("127.78.0.2", plain.port(), Optional.empty(), true);
        dane = new CountingSink("127.78.0.3", plain.port(), Optional.of(certificate.serverContext()), false);
        source = new CountingSink("127.78.0.4", plain.port(), Optional.empty(), false);
        Association association = certificate.association(3, 1, 1);
        SignedWorld world = SignedDns.world();
        world.zone("plain.example").unsigned().mx(10, "mx.plain.example").a("mx", plain.address());
        world.zone("source.example").unsigned().mx(10, "mx.source.example").a("mx", source.address());
        world.zone("silent.example").unsigned().mx(10, "mx.silent.example").a("mx", SILENT);
        world.zone("grey.example").unsigned().mx(10, "mx.grey.example").a("mx", grey.address());
        world.zone("dane.example").mx(10, "mx.dane.example").a("mx", dane.address())
            .tlsa("_" + plain.port() + "._tcp.mx", association.usage(), association.selector(), association.matchingType(),
                association.octets());
        dns = world.start();
    }

    /** The recipient of the mail of a number: five of ten for the plain host, four for the one that greylists, one by DANE. */
    public static String recipient(int number) {
        int kind = number % 10;
        return "user" + number + "@" + (kind == 0 ? "dane.example" : kind < 5 ? "grey.example" : "plain.example");
    }

    /** The host that refuses each recipient once. */
    public CountingSink grey() {
        return grey;
    }

    /** The host without DANE. */
    public CountingSink plain() {
        return plain;
    }

    /** The host with DANE. */
    public CountingSink dane() {
        return dane;
    }

    /** Host that the mail comes from: mail taken there is a notice. */
    public CountingSink source() {
        return source;
    }

    /** Has connections to the host of silent.example accepted, and no word said there. */
    public void beSilent() throws IOException {
        silence = Optional.of(new ServerSocket(plain.port(), BACKLOG, InetAddress.getByName(SILENT)));
    }

    /** Ends the silence. */
    public CountingSink speak() throws IOException {
        endSilence();
        return new CountingSink(SILENT, plain.port(), Optional.empty(), false);
    }

    private void endSilence() throws IOException {
        if (silence.isPresent()) {
            silence.get().close();
        }
    }

    /** Tests whether any host has taken the message. */
    public boolean has(String id) {
        return sinks().stream().anyMatch(sink -> sink.has(id));
    }

    /** Number of times that each message was taken. */
    public Map<String, Integer> taken() {
        Map<String, Integer> all = new HashMap<>();
        sinks().forEach(sink -> sink.taken().forEach((id, times) -> all.merge(id, times, Integer::sum)));
        return all;
    }

    /** Connections open at this moment. */
    public int openSessions() {
        return sinks().stream().mapToInt(CountingSink::openSessions).sum();
    }

    private List<CountingSink> sinks() {
        return Arrays.asList(plain, grey, dane);
    }

    /** The sample configuration for this world, with repositories in files and the deferred mail in one of them. */
    public JamesConfiguration configure(JamesConfiguration sample, int concurrency, int spoolThreads, String delay) {
        return sample
            .with("dane-trust-anchors", dns.trustAnchor() + "\n")
            .with("mailrepositorystore.xml", MAIL_REPOSITORIES)
            .edited("dane.properties", text -> set(text, Map.of(
                "dns.servers", dns.address().getAddress().getHostAddress() + ":" + dns.port(),
                "dns.trust-anchors", "file://conf/dane-trust-anchors",
                "smtp.port", String.valueOf(plain.port()),
                "smtp.allowed-special-targets", "127.0.0.0/8",
                "smtp.concurrency", String.valueOf(concurrency))))
            .edited("mailetcontainer.xml", xml -> xml
                .replaceFirst("<delayTime>[^<]*</delayTime>", "<delayTime>" + delay + "</delayTime>")
                .replaceFirst("<threads>[^<]*</threads>", "<threads>" + spoolThreads + "</threads>"));
    }

    private static String set(String properties, Map<String, String> values) {
        String changed = properties;
        for (Map.Entry<String, String> value : values.entrySet()) {
            changed = DemoWorld.set(changed, value.getKey(), value.getValue());
        }
        return changed;
    }

    @Override
    public void close() {
        dns.close();
        sinks().forEach(CountingSink::close);
        source.close();
        try {
            endSilence();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
