/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The files of James's {@code conf} directory, as a value: every change gives another configuration.
 */
public final class JamesConfiguration {
    private final Map<String, byte[]> files;
    private final Optional<String> webadminHost;

    private JamesConfiguration(Map<String, byte[]> files, Optional<String> webadminHost) {
        this.files = Collections.unmodifiableMap(files);
        this.webadminHost = webadminHost;
    }

    /** A configuration with all files of a directory and of those below it. */
    public static JamesConfiguration copyOf(Path directory) {
        try (Stream<Path> found = Files.walk(directory)) {
            Map<String, byte[]> files = new TreeMap<>();
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(file).toString(), Files.readAllBytes(file));
            }
            return new JamesConfiguration(files, Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This configuration with a file added, or replaced. */
    public JamesConfiguration with(String file, String text) {
        Map<String, byte[]> changed = new TreeMap<>(files);
        changed.put(file, text.getBytes(UTF_8));
        return new JamesConfiguration(changed, webadminHost);
    }

    /** This configuration without a file. */
    public JamesConfiguration without(String file) {
        Map<String, byte[]> changed = new TreeMap<>(files);
        changed.remove(file);
        return new JamesConfiguration(changed, webadminHost);
    }

    /** This configuration with webadmin on every address: only for a machine, or a namespace, that has no other than loopback addresses. */
    public JamesConfiguration withWebadminOnEveryAddress() {
        return new JamesConfiguration(files, Optional.of("0.0.0.0"));
    }

    /** This configuration with a file rewritten. The file has to be there. */
    public JamesConfiguration edited(String file, UnaryOperator<String> edit) {
        return with(file, edit.apply(text(file)));
    }

    /** This configuration with each occurrence of a text replaced. The text has to be there, lest a test changes nothing unnoticed. */
    public JamesConfiguration replacing(String file, String text, String replacement) {
        if (!text(file).contains(text)) {
            throw new IllegalArgumentException(file + " does not contain: " + text);
        }
        return edited(file, whole -> whole.replace(text, replacement));
    }

    /** This configuration with lines added to the end of a file, which is created when it is missing. */
    public JamesConfiguration appending(String file, String lines) {
        return with(file, (files.containsKey(file) ? text(file) + "\n" : "") + lines + "\n");
    }

    /** The content of a file, which has to be there. */
    public String text(String file) {
        byte[] content = files.get(file);
        if (content == null) {
            throw new IllegalArgumentException("There is no " + file + " among " + files.keySet());
        }
        return new String(content, UTF_8);
    }

    boolean contains(String file) {
        return files.containsKey(file);
    }

    /**
     * This configuration listening where the harness wants it. The first SMTP server gets the port that mail is submitted to;
     * every other server of any protocol keeps running, on a port that the system chooses.
     */
    JamesConfiguration listeningOn(Endpoints endpoints) {
        JamesConfiguration result = this;
        for (String file : files.keySet()) {
            if (file.endsWith("server.xml")) {
                result = result.edited(file, xml -> xml.replaceAll("<bind>[^<]*</bind>", "<bind>" + endpoints.host() + ":0</bind>"));
            }
        }
        return result
            .edited("smtpserver.xml", xml -> xml.replaceFirst("<bind>[^<]*</bind>",
                "<bind>" + endpoints.host() + ":" + endpoints.smtpPort() + "</bind>"))
            .edited("webadmin.properties", text -> text.replaceAll("(?m)^(enabled|host|port)\\s*=.*$", ""))
            .appending("webadmin.properties",
                "enabled=true\nhost=" + webadminHost.orElse(endpoints.host()) + "\nport=" + endpoints.webadminPort())
            // JMX would take one fixed port of the whole machine.
            .with("jmx.properties", "jmx.enabled=false\n");
    }

    /** Writes all files into a directory, over those that are there. */
    public void writeTo(Path directory) {
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path target = directory.resolve(file.getKey());
                Files.createDirectories(target.toAbsolutePath().getParent());
                Files.write(target, file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
