/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports, as an event of each start, which settings of a file have changed since the start before. It keeps a salted digest of each value
 * and no value, since some are secret.
 */
public final class ConfigurationWatch {
    private static final Logger LOGGER = LoggerFactory.getLogger(ConfigurationWatch.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long MAX_OCTETS = 1 << 20;
    private static final int SALT_OCTETS = 16;
    private static final String SALT = "salt";

    private final AtomicFile known;
    private final OperatorEvents events;

    /** Takes the directory of what is known, and the stream that changes are told to. */
    public ConfigurationWatch(Path directory, OperatorEvents events) {
        this.known = new AtomicFile(directory.resolve("configuration-known.json"));
        this.events = events;
    }

    /**
     * Tells of a change since the last start, if there is one. A start of which nothing is known tells that.
     *
     * @param name the name of the file
     * @param settings its values by key
     */
    public void started(String name, Map<String, String> settings) {
        try {
            Optional<Map<String, String>> before = read();
            Map<String, String> now = digests(before.map(each -> each.get(SALT)).orElseGet(ConfigurationWatch::salt), settings);
            if (before.filter(now::equals).isPresent()) {
                return;
            }
            String changed = before.map(each -> different(each, now)).orElseGet(() -> String.join(", ", new TreeSet<>(settings.keySet())));
            events.tell(OperatorEvent.Kind.CONFIGURATION, name, before.isPresent() ? "changed" : "read-first",
                Optional.of(changed).filter(keys -> !keys.isEmpty()), Optional.empty());
            known.replace(out -> out.write(JSON.writeValueAsBytes(now)));
        } catch (IOException | RuntimeException e) {
            LOGGER.error("A change of {} could not be looked for; James starts with it all the same", name, e);
        }
    }

    private Optional<Map<String, String>> read() throws IOException {
        if (!known.exists()) {
            return Optional.empty();
        }
        try {
            Map<String, String> read = JSON.readValue(known.read(MAX_OCTETS), new TypeReference<TreeMap<String, String>>() { });
            return Optional.ofNullable(read).filter(each -> each.containsKey(SALT));
        } catch (IOException e) {
            LOGGER.warn("The file {} can't be read ({}); the configuration counts as read for the first time", known.path(), e.toString());
            return Optional.empty();
        }
    }

    private static String different(Map<String, String> before, Map<String, String> now) {
        Set<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(now.keySet());
        keys.removeIf(key -> before.containsKey(key) && before.get(key).equals(now.get(key)));
        return String.join(", ", keys);
    }

    private static String salt() {
        byte[] salt = new byte[SALT_OCTETS];
        new SecureRandom().nextBytes(salt);
        return HexFormat.of().formatHex(salt);
    }

    private static Map<String, String> digests(String salt, Map<String, String> settings) {
        Map<String, String> digests = new TreeMap<>();
        settings.forEach((key, value) -> digests.put(key, digest(salt + '\0' + key + '\0' + value)));
        digests.put(SALT, salt);
        return digests;
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
