/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.common.net.InetAddresses;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.Timeouts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parameters of the mailet in {@code mailetcontainer.xml}: those of RemoteDelivery, with the meaning that
 * {@code docs/parameters.md} gives them, and a few of our own.
 *
 * @param outgoing the name of James's mail queue
 * @param rules how often and how long a mail is tried, and when its sender is told that it takes long
 * @param processors the processors that get mail
 * @param connection how hosts are connected to
 * @param gateway where all mail goes instead of to the recipients' MX hosts
 * @param policy a policy that every mail of this mailet demands beside its domain's
 * @param handling treatment of single mails
 */
record MailetParameters(String outgoing, DeliveryWorker.Rules rules, Processors processors, Connection connection, Gateway gateway,
        Optional<Policy> policy, Handling handling) {

    /**
     * Processors that get mail.
     *
     * @param bounce mail that failed; without it James sends its own bounce
     * @param success mail that was accepted
     * @param delay a mail, once, that takes long; without it we tell the sender ourselves
     */
    record Processors(Optional<String> bounce, Optional<String> success, Optional<String> delay) {
    }

    /**
     * Connections to hosts.
     *
     * @param timeouts of each step, as the two parameters for them say
     * @param wrapperTls {@code sslEnable}: TLS from the first byte
     */
    record Connection(Timeouts timeouts, boolean wrapperTls, Optional<String> heloName, BindAddresses bind) {
    }

    /**
     * Gateways of all mail.
     *
     * @param hosts none for MX delivery
     * @param verifyIdentity whether a gateway has to prove its name; empty leaves it to the policy
     */
    record Gateway(List<NextHop> hosts, Optional<Boolean> verifyIdentity, Optional<Credentials> credentials, boolean loadBalancing) {
    }

    /** Treatment of single mails. */
    record Handling(EightBitConversion convert8bit, boolean usePriority, boolean sendPartial, boolean debug) {
    }

    private static final Logger LOGGER = LoggerFactory.getLogger(MailetParameters.class);

    private static final Duration DEFAULT_LIFETIME = Duration.ofDays(5);
    /** RFC 3461 §5.2.5 leaves it to us; long enough for greylisting, short enough for a working day. */
    private static final Duration DEFAULT_DELAY_NOTICE = Duration.ofHours(4);
    private static final Duration MAX_LIFETIME = Duration.ofDays(30);
    private static final Duration DEFAULT_CONNECTION_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
    private static final int DEFAULT_RETRIES = 5;
    private static final int MAX_RETRIES = 1000;
    private static final int SMTP_PORT = 25;
    static final int SUBMISSIONS_PORT = 465;
    private static final List<List<Duration>> DEFAULT_DELAYS = List.of(List.of(Duration.ofMinutes(5), Duration.ofMinutes(15),
        Duration.ofMinutes(30), Duration.ofHours(1)));
    /** Keys of James's samples that RemoteDelivery itself does not read. */
    private static final List<String> DEAD_KEYS = List.of("outgoingQueue", "deliveryThreads");

    /**
     * Reads the parameters as James gives them.
     *
     * @throws ConfigurationError with a sentence that names the parameter, its value and what is allowed
     */
    static MailetParameters parse(Map<String, String> parameters) {
        StrictSettings settings = new StrictSettings("The mailet DaneRemoteDelivery", parameters);
        warnOfDeadKeys(settings);
        refuseJavaMailKeys(settings);
        refuseStartTlsOff(settings);
        boolean wrapperTls = settings.bool("sslEnable", false);
        List<NextHop> gateways = gateways(settings, wrapperTls);
        int retries = settings.integer("maxRetries", 0, MAX_RETRIES, DEFAULT_RETRIES);
        MailetParameters result = new MailetParameters(
            settings.text("outgoing").orElse("outgoing"),
            new DeliveryWorker.Rules(new RetrySchedule(DelayTimeParameter.expand(delays(settings), retries),
                settings.duration("lifetime", Duration.ofSeconds(1), MAX_LIFETIME, DEFAULT_LIFETIME)),
                settings.integer("maxDnsProblemRetries", 0, MAX_RETRIES, 0), delayNotice(settings)),
            new Processors(settings.text("bounceProcessor"), settings.text("onSuccess"), settings.text("delayProcessor")),
            new Connection(timeouts(settings), wrapperTls,
                settings.value("heloName", "a host name or an address literal such as [192.0.2.1]", HeloName::checked), bind(settings)),
            new Gateway(gateways, settings.value("verifyServerIdentity", "true or false", StrictSettings::parseBoolean),
                credentials(settings, gateways), settings.bool("loadBalancing", true)),
            settings.value("policy", "one of none, may, encrypt, audit, dane, dane-encrypt, authenticated, dane-only", Policy::parse),
            new Handling(settings.value("convert8bit", "convert or bounce", MailetParameters::conversion)
            .orElse(EightBitConversion.CONVERT),
                settings.bool("usePriority", false), settings.bool("sendpartial", false), settings.bool("debug", false)));
        settings.refuseUnknownKeys();
        if (result.rules.delayNotice().isEmpty() && result.processors.delay().isPresent()) {
            throw settings.refuse("delayNotice", "there is a delayProcessor, which would never get a mail");
        }
        return result;
    }

    private static Optional<Duration> delayNotice(StrictSettings settings) {
        return settings.text("delayNotice").filter("none"::equals).isPresent() ? Optional.empty()
            : Optional.of(settings.duration("delayNotice", Duration.ofMillis(1), MAX_LIFETIME, DEFAULT_DELAY_NOTICE));
    }

    /** {@code delayTime}, {@code maxRetries} and {@code lifetime}. */
    RetrySchedule schedule() {
        return rules.schedule();
    }

    /**
     * Treatment of the gateways: their identity is verified where that is asked for, and where credentials go to them.
     *
     * @param insecureAuth whether credentials may go to a gateway that is not authenticated
     * @param authorities the CAs that may prove a gateway's name
     */
    DeliverySettings.GatewayOptions gatewayOptions(boolean insecureAuth, Authorities authorities) {
        Optional<Credentials> credentials = gateway.credentials();
        if (credentials.isPresent() && !insecureAuth && gateway.verifyIdentity().filter(wanted -> !wanted).isPresent()) {
            throw new ConfigurationError("The mailet DaneRemoteDelivery: verifyServerIdentity=false is not allowed together with "
                + "gatewayUsername; credentials go to an authenticated gateway only, unless dane.properties has "
                + "gateway.insecure-auth=true.");
        }
        boolean verify = gateway.verifyIdentity().orElse(credentials.isPresent() && !insecureAuth);
        return new DeliverySettings.GatewayOptions(gateway.loadBalancing(), verify,
            verify && !gateway.hosts().isEmpty() ? authorities : Authorities.NONE, credentials, insecureAuth);
    }

    private static EightBitConversion conversion(String word) {
        if (word.equals("defer")) {
            LOGGER.warn("convert8bit=defer acts as convert8bit=bounce: waiting does not make a host take 8-bit content; set it to bounce");
            return EightBitConversion.BOUNCE;
        }
        return Arrays.stream(EightBitConversion.values()).filter(each -> each.toString().equals(word)).findFirst()
            .orElseThrow(IllegalArgumentException::new);
    }

    private static void warnOfDeadKeys(StrictSettings settings) {
        for (String key : DEAD_KEYS) {
            settings.text(key).ifPresent(value -> LOGGER.warn("The parameter {}={} does nothing, here as in RemoteDelivery: {}",
                key, value, key.equals("outgoingQueue") ? "the queue's name is the parameter outgoing"
                    : "the number of deliveries at once is smtp.concurrency in dane.properties"));
        }
    }

    private static void refuseJavaMailKeys(StrictSettings settings) {
        settings.keys().stream().filter(key -> key.startsWith("mail.")).findFirst().ifPresent(key -> {
            settings.ignore(key);
            throw settings.refuse(key, "JavaMail does not send here; use smtp.tls.protocols in dane.properties for TLS versions, "
                + "a policy for required TLS, and the parameters timeout, connectiontimeout, bind and heloName for the rest");
        });
    }

    private static void refuseStartTlsOff(StrictSettings settings) {
        if (!settings.bool("startTLS", true)) {
            throw settings.refuse("startTLS", "whether TLS is used is decided by the policy of each destination; leave startTLS out, "
                + "and give single destinations the policy none if their TLS is broken");
        }
    }

    private static Timeouts timeouts(StrictSettings settings) {
        Timeouts timeouts = Timeouts.defaults().withConnect(
            settings.duration("connectiontimeout", Duration.ofMillis(1), MAX_TIMEOUT, DEFAULT_CONNECTION_TIMEOUT));
        return settings.text("timeout").isEmpty() ? timeouts
            : timeouts.withEachStep(settings.duration("timeout", Duration.ofMillis(1), MAX_TIMEOUT, MAX_TIMEOUT));
    }

    private static List<List<Duration>> delays(StrictSettings settings) {
        List<List<Duration>> delays = settings.list("delayTime", DelayTimeParameter.ALLOWED, DelayTimeParameter::parse);
        return delays.isEmpty() ? DEFAULT_DELAYS : delays;
    }

    private static List<NextHop> gateways(StrictSettings settings, boolean wrapperTls) {
        int port = settings.integer("gatewayPort", 1, 65_535, wrapperTls ? SUBMISSIONS_PORT : SMTP_PORT);
        List<NextHop> gateways = settings.list("gateway",
            "hosts between commas, each a name, an IPv4 address or an IPv6 address in brackets, with \":port\" where it is not "
                + "gatewayPort", text -> GatewayParameter.parse(text, port));
        if (gateways.isEmpty() && settings.text("gatewayPort").isPresent()) {
            throw settings.refuse("gatewayPort", "there is no gateway");
        }
        return gateways;
    }

    private static Optional<Credentials> credentials(StrictSettings settings, List<NextHop> gateways) {
        // RemoteDelivery also takes the spelling of James 2.3.
        Optional<String> compatible = settings.text("gatewayusername");
        Optional<String> user = settings.text("gatewayUsername").or(() -> compatible);
        Optional<String> password = settings.text("gatewayPassword");
        if (user.isPresent() != password.isPresent()) {
            throw settings.refuse(user.isPresent() ? "gatewayUsername" : "gatewayPassword",
                "a user name and a password are needed together (gatewayUsername, gatewayPassword)");
        }
        if (user.isPresent() && gateways.isEmpty()) {
            throw settings.refuse("gatewayUsername", "there is no gateway to log in to");
        }
        return user.flatMap(name -> password.map(secret -> new Credentials(name, secret)));
    }

    private static BindAddresses bind(StrictSettings settings) {
        List<InetAddress> addresses = settings.list("bind", "one address of each family at most", InetAddresses::forString);
        try {
            return BindAddresses.of(addresses);
        } catch (IllegalArgumentException e) {
            throw settings.refuse("bind", String.valueOf(e.getMessage()));
        }
    }
}
