/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.FileNotFoundException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import org.apache.commons.configuration2.Configuration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.james.utils.PropertiesProvider;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.store.PostgresDatabase;
import org.jamesdane.store.Stores;
import org.jamesdane.tls.TlsOffer;

/**
 * {@code conf/dane.properties}: what holds for the whole process. Absent keys, or no file, mean the defaults that the sample shows.
 *
 * @param validator the settings of the validator
 * @param defaultPolicy the policy of destinations without one of their own
 * @param insecureMx what the TLSA records of a host count that unsigned MX records named
 * @param smtpPort the port of MX hosts
 * @param tlsOffer the versions, suites and groups offered
 * @param allowedSpecialTargets private and special addresses that mail may be sent to all the same
 * @param ownAddresses addresses at which this server, or what stands before it, takes mail from others
 * @param concurrency how many deliveries at once, in all and to one destination
 * @param connections how long a connection is used
 * @param store where policies, negative trust anchors and statistics are kept
 * @param auditAddresses whether the audit log names the addresses of people
 * @param successRecord whether there is a log of deliveries beside that of attempts
 * @param insecureGatewayAuth whether credentials may go to a gateway that is not authenticated
 * @param deferral where deferred mail waits
 * @param noticeText a text of the operator's in notifications of our own
 * @param content treatment of content that SMTP does not provide for
 * @param holding how long a mail is held unacknowledged
 * @param webadminHosts names by which webadmin may be called while it asks for no token
 * @param honourTlsOptional whether the header field {@code TLS-Required: No} eases what a recipient's domain publishes
 */
record DaneProperties(ValidatorConfig validator, Policy defaultPolicy, TlsaSearch.InsecureMx insecureMx, int smtpPort,
        TlsOffer tlsOffer, List<AddressRange> allowedSpecialTargets, Set<InetAddress> ownAddresses,
        Dispatcher.Limits concurrency, ConnectionPool.Limits connections, Stores.Location store, boolean auditAddresses,
        boolean successRecord, boolean insecureGatewayAuth, DeferralSettings deferral, Optional<String> noticeText,
        Set<String> webadminHosts, boolean honourTlsOptional, ContentRules content, HoldingTime holding) {

    static final String FILE = "dane";
    private static final String SOURCE = "dane.properties";
    private static final int MAX_CONCURRENCY = 10_000;
    private static final int MAX_MAIL_CONNECTIONS = 100;
    private static final Duration MIN_HELD = Duration.ofSeconds(30);
    private static final Duration MAX_HELD = Duration.ofDays(7);
    private static final int MAX_NOTICE_TEXT = 2000;
    private static final int MAX_MESSAGES = 100_000;
    private static final int DEFAULT_CONCURRENCY = 200;
    private static final int DEFAULT_DESTINATION_CONCURRENCY = 20;

    /** The defaults of what the file leaves open, from James's configuration and the system. */
    interface Surroundings {
        /** The resolvers James uses, none if it says nothing of them. */
        List<InetSocketAddress> resolvers();

        /** A file of James's configuration by its URL ({@code file://conf/…}), or by its path. */
        Path file(String location);

        /** A directory by its URL ({@code file://var/…}), or by its path; it need not be there yet. */
        Path directory(String location);

        /** Default directory for a copy of the policies: beside James's configuration if that can be written, else in var. */
        default Path copy() {
            Path configuration = directory("file://conf/");
            return Files.isWritable(configuration) ? configuration.resolve("dane-copy") : directory("file://var/dane-copy");
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
            settings.value("policy.default", "one of the policies none, may, encrypt, audit, dane, dane-encrypt, dane-only", Policy::parse)
                .orElse(Policy.DANE),
            settings.value("policy.insecure-mx", "dane or opportunistic", DaneProperties::insecureMx).orElse(TlsaSearch.InsecureMx.DANE),
            settings.integer("smtp.port", 1, 65_535, NextHop.SMTP_PORT),
            TlsProperties.read(settings),
            settings.list("smtp.allowed-special-targets", "addresses or networks such as 127.0.0.0/8 between commas", AddressRange::parse),
            ownAddresses(settings),
            new Dispatcher.Limits(settings.integer("smtp.concurrency", 1, MAX_CONCURRENCY, DEFAULT_CONCURRENCY),
                settings.integer("smtp.destination.concurrency", 1, MAX_CONCURRENCY, DEFAULT_DESTINATION_CONCURRENCY)),
            connections(settings),
            store(settings, surroundings),
            settings.bool("audit.addresses", false),
            settings.bool("audit.success-record", false),
            settings.bool("gateway.insecure-auth", false),
            DeferralSettings.parse(settings),
            noticeText(settings),
            Set.copyOf(settings.list("webadmin.hosts", "host names between commas", DaneProperties::hostName)),
            settings.bool("policy.honour-tls-required-no", false),
            ContentRules.parse(settings),
            new HoldingTime(settings.duration("queue.longest-held", MIN_HELD, MAX_HELD, HoldingTime.DEFAULT.longest())));
        settings.refuseUnknownKeys();
        return result;
    }

    private static String hostName(String text) {
        return Optional.of(DomainName.of(text)).filter(name -> !name.isRoot()).orElseThrow(IllegalArgumentException::new).toString();
    }

    private static ConnectionPool.Limits connections(StrictSettings settings) {
        ConnectionPool.Limits defaults = ConnectionPool.Limits.DEFAULTS;
        return new ConnectionPool.Limits(
            settings.integer("smtp.connection.max-messages", 1, MAX_MESSAGES, defaults.maxMessages()),
            settings.duration("smtp.connection.idle", Duration.ofSeconds(1), Duration.ofMinutes(5), defaults.idle()),
            settings.duration("smtp.connection.max-age", Duration.ofSeconds(1), Duration.ofHours(1), defaults.maxAge()),
            defaults.maxIdle(), defaults.maxIdlePerKey());
    }

    private static ValidatorConfig validator(StrictSettings settings, Surroundings surroundings) {
        ValidatorConfig.Builder builder = ValidatorConfig.builder()
            .upstreams(resolvers(settings, surroundings))
            .insecureDomains(settings.list("dns.insecure-domains", "domain names between commas", DomainName::of))
            .timeout(settings.duration("dns.timeout", Duration.ofMillis(100), Duration.ofMinutes(2), Duration.ofSeconds(20)))
            .cacheMaxEntries(settings.integer("dns.cache.max-entries", 100, 10_000_000, 50_000));
        settings.value("dns.mode", "validate or trust-ad", DaneProperties::mode).ifPresent(builder::mode);
        settings.value("dns.crypto.provider", "auto or jdk", DaneProperties::signatures).ifPresent(builder::signatures);
        settings.text("dns.trust-anchors").map(surroundings::file).ifPresent(builder::trustAnchorFile);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new ConfigurationError(SOURCE + ": " + e.getMessage() + ".", e);
        }
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
        Path copy = settings.text("store.copy").map(surroundings::directory).orElseGet(surroundings::copy);
        if (copy.toAbsolutePath().normalize().startsWith(directory.toAbsolutePath().normalize())) {
            throw settings.refuse("store.copy", "it is in store.directory, and would be lost together with it");
        }
        return copy;
    }

    private static Stores.Location store(StrictSettings settings, Surroundings surroundings) {
        Path directory = surroundings.directory(settings.text("store.directory").orElse("file://var/dane"));
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
                settings.bool("store.require-state", false), url.map(each -> new PostgresDatabase(each, user, password)), mailConnections);
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

    private static TlsaSearch.InsecureMx insecureMx(String word) {
        return switch (word) {
            case "dane" -> TlsaSearch.InsecureMx.DANE;
            case "opportunistic" -> TlsaSearch.InsecureMx.OPPORTUNISTIC;
            default -> throw new IllegalArgumentException();
        };
    }

    private static Optional<String> noticeText(StrictSettings settings) {
        return settings.value("notice.text", "a text of at most " + MAX_NOTICE_TEXT + " characters", text -> {
            if (text.length() > MAX_NOTICE_TEXT) {
                throw new IllegalArgumentException("it has " + text.length());
            }
            return text;
        });
    }

    private static Set<InetAddress> ownAddresses(StrictSettings settings) {
        Optional<String> text = settings.text("smtp.own-addresses");
        if (text.filter("none"::equals).isPresent()) {
            return Set.of();
        }
        List<InetAddress> named = settings.list("smtp.own-addresses", "IP addresses between commas, or none", InetAddresses::forString);
        return named.isEmpty() ? interfaceAddresses() : Set.copyOf(named);
    }

    /** The addresses of this host's interfaces. Loopback addresses are no destinations anyway. */
    private static Set<InetAddress> interfaceAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            throw new ConfigurationError(SOURCE + ": the addresses of this host can't be read; name them in smtp.own-addresses.", e);
        }
    }
}
