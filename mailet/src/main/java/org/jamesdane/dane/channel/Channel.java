/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.pkix.PeerCertificate;

/**
 * Stretch of a connection between changes of its protection: before STARTTLS, or since the TLS handshake.
 *
 * <p>A channel is identified by the object, not by its content. A {@link Permit} for one channel is worth nothing on another, even on a
 * channel to the same peer.
 */
public final class Channel {

    /**
     * Parameters that the TLS handshake agreed on.
     *
     * @param protocol TLSv1.3 for example
     * @param cipherSuite the suite's standard name
     * @param serverName the server name sent, empty if none was
     * @param peerChain the octets of each certificate as the peer sent them, the leaf first; neither checked nor parsed
     * @param strength the key exchange and the key of the peer
     */
    public record Tls(String protocol, String cipherSuite, Optional<String> serverName, List<PeerCertificate> peerChain,
            Strength strength) {
        public Tls {
            peerChain = List.copyOf(peerChain);
        }
    }

    /**
     * The key exchange of a handshake, and the key that signed it.
     *
     * @param group the group of the key exchange by its IANA name, or {@code dhe-2048} for one without a name; empty for key transport
     * @param key the kind and size of the peer's key, {@code RSA-2048} for example
     * @param forwardSecrecy false if the peer's key alone decrypts what was recorded
     */
    public record Strength(Optional<String> group, String key, boolean forwardSecrecy) {
        /** The kind of key exchange that the group is of. */
        public KeyExchange keyExchange() {
            String name = group.orElse("");
            return name.isEmpty() ? KeyExchange.RSA : name.contains("MLKEM") ? KeyExchange.HYBRID
                : name.contains("dhe") ? KeyExchange.FINITE_FIELD : KeyExchange.ELLIPTIC_CURVE;
        }
    }

    /** Kind of key exchange. */
    public enum KeyExchange {
        /** Elliptic curves together with a lattice, which holds against quantum computers. */
        HYBRID,
        /** Diffie-Hellman over an elliptic curve. */
        ELLIPTIC_CURVE,
        /** Diffie-Hellman over a prime field. */
        FINITE_FIELD,
        /** Key transport by the peer's RSA key, without forward secrecy. */
        RSA
    }

    private final Optional<Tls> tls;

    private Channel(Optional<Tls> tls) {
        this.tls = tls;
    }

    /** A new channel without protection. */
    public static Channel clear() {
        return new Channel(Optional.empty());
    }

    /** A new channel under TLS. */
    public static Channel encrypted(Tls tls) {
        return new Channel(Optional.of(tls));
    }

    /** The result of the handshake; empty for clear text. */
    public Optional<Tls> tls() {
        return tls;
    }
}
