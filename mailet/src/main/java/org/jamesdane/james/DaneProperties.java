/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.FileNotFoundException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import org.apache.commons.configuration2.Configuration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.james.utils.PropertiesProvider;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.AnchorManagement;
import org.jamesdane.dns.validating.FileAnchorJournal;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.store.PostgresDatabase;
import org.jamesdane.store.Stores;
import org.jamesdane.store.StsPolicies;

/**
 * {@code conf/dane.properties}: what holds for the whole process. Absent keys, or no file, mean the defaults that the sample shows.
 *
 * @param validator {@code dns.*}: the settings of the validator
 * @param policy {@code policy.*} and others: what destinations are held to
 * @param smtp {@code smtp.*}: how deliveries connect
 * @param store {@code store.*}: where policies, negative trust anchors and statistics are kept
 * @param mail treatment of a mail on its way
 * @param audit {@code audit.*}: what the audit log tells
 * @param webadminHosts names by which webadmin may be called while it asks for no token
 */
record DaneProperties(ValidatorConfig validator, PolicySettings policy, SmtpSettings smtp, Stores.Location store, MailSettings mail,
        AuditSettings audit, Set<String> webadminHosts) {

    static final String FILE = "dane";
    static final String SOURCE = "dane.properties";
    private static final String TRUST_ANCHORS = "dns.trust-anchors";
    private static final String STORE_DIRECTORY = "store.directory";
    private static final String STORE_COPY = "store.copy";
    private static final int MAX_MAIL_CONNECTIONS = 100;
    private static final int MAX_STS_POLICIES = 10_000_000;
    private static final Duration MAX_HOLD_DOWN = Duration.ofDays(365);

    /** The defaults of what the file leaves open, from James's configuration and the system. */
    interface Surroundings {
        /** The resolvers James uses, none if it says nothing of them. */
        List<InetSocketAddress> resolvers();

        /** A file of James's configuration by its URL ({@code file://conf/…}), or by its path, as a setting of that key names it. */
        Path file(String key, String location);

        /** A directory by its URL ({@code file://var/…}), or by its path, as the setting names it; it need not be there yet. */
        Path directory(String key, String location);

        /** Default directory for a copy of the policies: beside James's configuration if that can be written, else in var. */
        default Path copy() {
            Path configuration = directory(STORE_COPY, "file://conf/");
            return Files.isWritable(configuration) ? configuration.resolve("dane-copy") : directory(STORE_COPY, "file://var/dane-copy");
        }
    }

    /** Reads the file as James does. */
    static Map<String, String> read(PropertiesProvider provider) {
        try {
            Configuration file = provider.getConfiguration(FILE);
            Map<String, String> values = new TreeMap<>();
            // James reads a value with commas as a list; the whole of it is the setting.
            file.getKeys().forEachRemaining(key -> values.put(key, String.join(",", file.getStringArray(key))));
            return values;
        } catch (FileNotFoundException e) {
            return Map.of();
        } catch (ConfigurationException e) {
            throw new ConfigurationError(SOURCE + " can't be read: " + e.getMessage() + ".", e);
        }
    }

    /**
     * Makes settings of the file's values.
     *
     * @throws ConfigurationError with a sentence that names the key, its value and what is allowed
     */
    static DaneProperties parse(Map<String, String> values, Surroundings surroundings) {
        StrictSettings settings = new StrictSettings(SOURCE, values);
        DaneProperties result = new DaneProperties(
            validator(settings, surroundings),
            PolicySettings.parse(settings, surroundings),
            SmtpSettings.parse(settings),
            store(settings, surroundings),
            MailSettings.parse(settings),
            AuditSettings.parse(settings),
            Set.copyOf(settings.list("webadmin.hosts", "host names between commas", DaneProperties::hostName)));
        settings.refuseUnknownKeys();
        return result;
    }

    private static String hostName(String text) {
        return Optional.of(DomainName.of(text)).filter(name -> !name.isRoot()).orElseThrow(IllegalArgumentException::new).toString();
    }

    private static ValidatorConfig validator(StrictSettings settings, Surroundings surroundings) {
        ValidatorConfig.Builder builder = ValidatorConfig.builder()
            .compareWithResolver(true)
            .upstreams(resolvers(settings, surroundings))
            .insecureDomains(settings.list("dns.insecure-domains", "domain names between commas", DomainName::of))
            .timeout(settings.duration("dns.timeout", Duration.ofMillis(100), Duration.ofMinutes(2), Duration.ofSeconds(20)))
            .cacheMaxEntries(settings.integer("dns.cache.max-entries", 100, 10_000_000, 50_000));
        settings.value("dns.mode", "validate or trust-ad", DaneProperties::mode).ifPresent(builder::mode);
        settings.value("dns.crypto.provider", "auto or jdk", DaneProperties::signatures).ifPresent(builder::signatures);
        Optional<Path> anchors = settings.text(TRUST_ANCHORS).map(location -> surroundings.file(TRUST_ANCHORS, location));
        anchors.ifPresent(builder::trustAnchorFile);
        anchorManagement(settings, surroundings, anchors).ifPresent(builder::manageTrustAnchors);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationError(SOURCE + ": " + e.getMessage() + ".", e);
        }
    }

    /** An operator who names a file has pinned what is trusted, unless the file is said to be where roll-overs begin. */
    private static Optional<AnchorManagement> anchorManagement(StrictSettings settings, Surroundings surroundings,
            Optional<Path> anchors) {
        boolean managed = settings.bool("dns.trust-anchors.managed", anchors.isEmpty());
        Duration shortest = anchors.isEmpty() ? AnchorManagement.ADD_HOLD_DOWN : Duration.ofSeconds(1);
        Duration addHoldDown = settings.duration("dns.trust-anchors.add-hold-down", shortest, MAX_HOLD_DOWN,
            AnchorManagement.ADD_HOLD_DOWN);
        // Per node also with a database: one that is down or forged must not touch the root of trust.
        return managed ? Optional.of(new AnchorManagement(new FileAnchorJournal(storeDirectory(settings, surroundings)), addHoldDown))
            : Optional.empty();
    }

    private static Path storeDirectory(StrictSettings settings, Surroundings surroundings) {
        return surroundings.directory(STORE_DIRECTORY, settings.text(STORE_DIRECTORY).orElse("file://var/dane"));
    }

    private static ValidatorConfig.Mode mode(String word) {
        return switch (word) {
            case "validate" -> ValidatorConfig.Mode.VALIDATE;
            case "trust-ad" -> ValidatorConfig.Mode.TRUST_AD;
            default -> throw new IllegalArgumentException();
        };
    }

    private static ValidatorConfig.Signatures signatures(String word) {
        return switch (word) {
            case "auto" -> ValidatorConfig.Signatures.AUTO;
            case "jdk" -> ValidatorConfig.Signatures.JDK;
            default -> throw new IllegalArgumentException();
        };
    }

    /** The copy must outlive the loss of what it is a copy of. */
    private static Path copy(StrictSettings settings, Surroundings surroundings, Path directory) {
        Path copy = settings.text(STORE_COPY).map(location -> surroundings.directory(STORE_COPY, location)).orElseGet(surroundings::copy);
        if (copy.toAbsolutePath().normalize().startsWith(directory.toAbsolutePath().normalize())) {
            throw settings.refuse(STORE_COPY, "it is in store.directory, and would be lost together with it");
        }
        return copy;
    }

    private static Stores.Location store(StrictSettings settings, Surroundings surroundings) {
        Path directory = storeDirectory(settings, surroundings);
        Optional<String> url = settings.text("store.url");
        Optional<String> user = settings.text("store.user");
        Optional<String> password = settings.text("store.password");
        int mailConnections = settings.integer("store.deferral.connections", 1, MAX_MAIL_CONNECTIONS,
            Stores.Location.DEFAULT_MAIL_CONNECTIONS);
        if (url.isEmpty() && (user.isPresent() || password.isPresent())) {
            throw settings.refuse(user.isPresent() ? "store.user" : "store.password", "there is no store.url for which it could be meant");
        }
        try {
            return new Stores.Location(directory, copy(settings, surroundings, directory),
                settings.bool("store.require-state", false), url.map(each -> new PostgresDatabase(each, user, password)), mailConnections,
                settings.integer("mta-sts.max-policies", 1, MAX_STS_POLICIES, StsPolicies.MAX_POLICIES));
        } catch (IllegalArgumentException e) {
            throw settings.refuse("store.url", String.valueOf(e.getMessage()));
        }
    }

    private static List<InetSocketAddress> resolvers(StrictSettings settings, Surroundings surroundings) {
        List<InetSocketAddress> configured = settings.list("dns.servers",
            "IP addresses between commas, each with \":port\" where it is not 53 (an IPv6 address with a port in brackets)",
            DaneProperties::server);
        List<InetSocketAddress> servers = configured.isEmpty() ? surroundings.resolvers() : configured;
        if (servers.isEmpty()) {
            throw settings.refuse("dns.servers", "no DNS server is named here, in dnsservice.xml, or by the system");
        }
        return servers;
    }

    /** A resolver's address. Its name would need a resolver to be looked up. */
    static InetSocketAddress server(String text) {
        HostAndPort parts = HostAndPort.fromString(text).withDefaultPort(ValidatorConfig.DNS_PORT);
        return new InetSocketAddress(InetAddresses.forString(parts.getHost()), parts.getPort());
    }
}
