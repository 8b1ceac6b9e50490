/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dns.DomainName;

/** The settings of {@link ValidatingDns}. Made by {@link #builder()}; a wrong value is refused with a sentence. */
public final class ValidatorConfig {
    /** The port of DNS (RFC 1035 §4.2). */
    public static final int DNS_PORT = 53;

    /** Validating side: this software or a resolver. */
    public enum Mode {
        /** This software; the resolver is not trusted. */
        VALIDATE,
        /** A validating resolver on this host, whose AD bit is believed (RFC 6840 §5.7). */
        TRUST_AD
    }

    /** Computing side of signatures. */
    public enum Signatures {
        /**
         * The Amazon Corretto Crypto Provider, if on the class path, for the algorithms for which it passes a test at the start; else the
         * JDK.
         */
        AUTO,
        /** The JDK alone. */
        JDK
    }

    private final Mode mode;
    private final Signatures signatures;
    private final List<InetSocketAddress> upstreams;
    private final TrustAnchors trustAnchors;
    private final Optional<Path> trustAnchorFile;
    private final Set<DomainName> insecureDomains;
    private final Duration timeout;
    private final int cacheMaxEntries;
    private final Duration clockSkew;
    private final boolean trustRemoteAd;
    private final Optional<SelfTestNames> selfTestNames;
    private final RrsetArchive archive;
    private final boolean compareWithResolver;
    private final Optional<AnchorManagement> anchorManagement;

    private ValidatorConfig(Builder builder) {
        this.mode = builder.mode;
        this.signatures = builder.signatures;
        this.upstreams = List.copyOf(builder.upstreams);
        this.trustAnchors = builder.trustAnchors;
        this.trustAnchorFile = builder.trustAnchorFile;
        this.insecureDomains = Set.copyOf(builder.insecureDomains);
        this.timeout = builder.timeout;
        this.cacheMaxEntries = builder.cacheMaxEntries;
        this.clockSkew = builder.clockSkew;
        this.trustRemoteAd = builder.trustRemoteAd;
        this.selfTestNames = builder.selfTestNames;
        this.archive = builder.archive;
        this.compareWithResolver = builder.compareWithResolver;
        this.anchorManagement = builder.anchorManagement;
    }

    /** A builder with the defaults named at its methods. */
    public static Builder builder() {
        return new Builder();
    }

    /** Validating side. */
    public Mode mode() {
        return mode;
    }

    /** Computing side of signatures. */
    public Signatures signatures() {
        return signatures;
    }

    /** The recursive resolvers, the preferred one first; at least one. */
    public List<InetSocketAddress> upstreams() {
        return upstreams;
    }

    /** The anchors used where no file is set, or until it is read. */
    public TrustAnchors trustAnchors() {
        return trustAnchors;
    }

    /** The file that replaces the anchors, read again when it changes. */
    public Optional<Path> trustAnchorFile() {
        return trustAnchorFile;
    }

    /** Manner in which the anchors follow their owner's roll-overs; empty if they do not. */
    public Optional<AnchorManagement> anchorManagement() {
        return anchorManagement;
    }

    /** Domains that are taken as insecure, with all below them. */
    public Set<DomainName> insecureDomains() {
        return insecureDomains;
    }

    /** The time one question may take. */
    public Duration timeout() {
        return timeout;
    }

    /** Number of answers of ordinary size that are kept. */
    public int cacheMaxEntries() {
        return cacheMaxEntries;
    }

    /** Tolerance for this host's clock when signatures are judged. */
    public Duration clockSkew() {
        return clockSkew;
    }

    /** Tests whether {@link Mode#TRUST_AD} is allowed with a resolver on another host. */
    public boolean trustRemoteAd() {
        return trustRemoteAd;
    }

    /** The names of the self-test; empty where they follow from the trust anchors. */
    public Optional<SelfTestNames> selfTestNames() {
        return selfTestNames;
    }

    /** Archive of the RRsets that are verified. */
    public RrsetArchive archive() {
        return archive;
    }

    /** Tests whether verdicts are compared with the resolver's word. */
    public boolean compareWithResolver() {
        return compareWithResolver;
    }

    /** Collects settings. */
    public static final class Builder {
        private static final int MAX_UPSTREAMS = 8;
        private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
        private static final Duration MAX_TIMEOUT = Duration.ofMinutes(2);
        private static final int MIN_CACHE_ENTRIES = 100;
        private static final int MAX_CACHE_ENTRIES = 10_000_000;
        private static final Duration MAX_SKEW = Duration.ofHours(1);

        private Mode mode = Mode.VALIDATE;
        private Signatures signatures = Signatures.AUTO;
        private List<InetSocketAddress> upstreams = List.of();
        private TrustAnchors trustAnchors = TrustAnchors.builtIn();
        private Optional<Path> trustAnchorFile = Optional.empty();
        private List<DomainName> insecureDomains = List.of();
        private Duration timeout = Duration.ofSeconds(20);
        private int cacheMaxEntries = 50_000;
        private Duration clockSkew = Duration.ofMinutes(5);
        private boolean trustRemoteAd;
        private Optional<SelfTestNames> selfTestNames = Optional.empty();
        private RrsetArchive archive = RrsetArchive.NONE;
        private boolean compareWithResolver;
        private Optional<AnchorManagement> anchorManagement = Optional.empty();

        private Builder() {
        }

        /** Sets the validating side; default {@link Mode#VALIDATE}. */
        public Builder mode(Mode value) {
            mode = value;
            return this;
        }

        /** Sets the computing side of signatures; default {@link Signatures#AUTO}. */
        public Builder signatures(Signatures value) {
            signatures = value;
            return this;
        }

        /** The recursive resolvers as IP addresses with ports, 1 to 8, the preferred one first; there is no default. */
        public Builder upstreams(List<InetSocketAddress> value) {
            upstreams = new ArrayList<>(value);
            return this;
        }

        /** Trust anchors in place of the built-in ones. */
        public Builder trustAnchors(TrustAnchors value) {
            trustAnchors = value;
            return this;
        }

        /** A file of trust anchors in place of the built-in ones, as {@link TrustAnchors#parse} reads it; default none. */
        public Builder trustAnchorFile(Path value) {
            trustAnchorFile = Optional.of(value);
            return this;
        }

        /**
         * Follows the roll-overs of the trust anchors' owner by RFC 5011; the anchors given are where that begins. Default: they stay as
         * given. Does nothing in {@link Mode#TRUST_AD}.
         */
        public Builder manageTrustAnchors(AnchorManagement value) {
            anchorManagement = Optional.of(value);
            return this;
        }

        /** Internal domains that nobody signs, with all below them; neither the root nor a single label; default none. */
        public Builder insecureDomains(List<DomainName> value) {
            insecureDomains = List.copyOf(value);
            return this;
        }

        /** The time one question may take with all its retries, 100 ms to 2 minutes; default 20 s. */
        public Builder timeout(Duration value) {
            timeout = value;
            return this;
        }

        /**
         * Sets the number of answers of ordinary size that are kept, 100 to 10,000,000; default 50,000, four for each of 12,500 domains.
         * The heap taken is what counts. An entry stands for 3 KiB: 2 for the answer and 1 for the zones above it. So the default is
         * bounded by 150 MB whatever the answers are.
         */
        public Builder cacheMaxEntries(int value) {
            cacheMaxEntries = value;
            return this;
        }

        /** Sets the tolerance for this host's clock when signatures are judged, at most 1 hour; default 5 minutes. */
        public Builder clockSkew(Duration value) {
            clockSkew = value;
            return this;
        }

        /** Believes the AD bit of a resolver on another host, though anyone on the way can set it; default false. */
        public Builder trustRemoteAd(boolean value) {
            trustRemoteAd = value;
            return this;
        }

        /**
         * The names of the self-test; default {@link SelfTestNames#ofPublicRoot()} where one of the built-in anchors is in force, and
         * {@link SelfTestNames#ofPrivateRoot()} under a root of one's own.
         */
        public Builder selfTestNames(SelfTestNames value) {
            selfTestNames = Optional.of(value);
            return this;
        }

        /** Collects the RRsets that are verified; default {@link RrsetArchive#NONE}. */
        public Builder archive(RrsetArchive value) {
            archive = value;
            return this;
        }

        /**
         * Compares a sample of verdicts with the word of a resolver that validates, at most one a second; default false. Differences are
         * counted and logged, and change no answer.
         */
        public Builder compareWithResolver(boolean value) {
            compareWithResolver = value;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException with a sentence that names the setting, its value and what is allowed
         */
        public ValidatorConfig build() {
            checkUpstreams();
            if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
                throw new IllegalArgumentException("The timeout of a DNS question is " + timeout.toMillis()
                    + " ms; 100 ms to 2 minutes are allowed");
            }
            if (cacheMaxEntries < MIN_CACHE_ENTRIES || cacheMaxEntries > MAX_CACHE_ENTRIES) {
                throw new IllegalArgumentException("The DNS cache has " + cacheMaxEntries
                    + " entries at most; 100 to 10000000 are allowed");
            }
            if (clockSkew.isNegative() || clockSkew.compareTo(MAX_SKEW) > 0) {
                throw new IllegalArgumentException("The clock skew is " + clockSkew.toSeconds() + " s; 0 to 3600 s are allowed");
            }
            for (DomainName domain : insecureDomains) {
                if (domain.labels().size() < 2 && !isReservedTopLevel(domain)) {
                    throw new IllegalArgumentException("\"" + domain + "\" cannot be an insecure domain: "
                        + "the root and top-level domains are signed or proved unsigned; name the internal domain itself");
                }
            }
            return new ValidatorConfig(this);
        }

        /** Names that are never delegated and in use inside of networks (RFC 6761; RFC 6762 Appendix G). */
        private static boolean isReservedTopLevel(DomainName domain) {
            return domain.labels().size() == 1
                && Set.of("internal", "local", "lan", "home", "corp", "test", "localhost", "intranet", "private")
                    .contains(domain.toString());
        }

        private void checkUpstreams() {
            if (upstreams.isEmpty() || upstreams.size() > MAX_UPSTREAMS) {
                throw new IllegalArgumentException("There are " + upstreams.size() + " DNS servers; 1 to " + MAX_UPSTREAMS
                    + " recursive resolvers are needed");
            }
            for (InetSocketAddress upstream : upstreams) {
                if (upstream.isUnresolved()) {
                    throw new IllegalArgumentException("The DNS server \"" + upstream.getHostString()
                        + "\" is no IP address; a resolver's name cannot be looked up before there is a resolver");
                }
                if (upstream.getPort() == 0) {
                    throw new IllegalArgumentException("The DNS server " + upstream.getHostString()
                        + " has port 0; 1 to 65535 are possible");
                }
                if (mode == Mode.TRUST_AD && !trustRemoteAd && !upstream.getAddress().isLoopbackAddress()) {
                    throw new IllegalArgumentException("The DNS server " + upstream.getHostString()
                        + " is on another host: its AD bit can be forged on the way; use a resolver on the loopback address, or validate");
                }
            }
        }
    }
}
