/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.settings;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.PolicyLookup;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.sts.StsTerms;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.tls.TlsOffer;

/**
 * Settings for the delivery of mail.
 *
 * @param decision what the decision core is given
 * @param connection how hosts are connected to
 * @param gateways where all mail goes; none for delivery to MX hosts
 * @param gatewayOptions how gateways are treated
 * @param conversion what is done with 8-bit content for a host that does not take it
 * @param senderWishes what senders may wish about TLS
 */
public record DeliverySettings(Decision decision, Connection connection, List<NextHop> gateways, GatewayOptions gatewayOptions,
        EightBitConversion conversion, SenderWishes senderWishes) {
    public DeliverySettings {
        gateways = List.copyOf(gateways);
    }

    /** Settings that leave TLS to the policies alone. */
    public DeliverySettings(Decision decision, Connection connection, List<NextHop> gateways, GatewayOptions gatewayOptions,
            EightBitConversion conversion) {
        this(decision, connection, gateways, gatewayOptions, conversion, SenderWishes.DEFAULT);
    }

    /**
     * Settings of the decision core.
     *
     * @param policies what destinations are held to
     * @param routing what this server knows of itself, and its limits
     * @param insecureMx what the TLSA records of a host count that unsigned MX records named
     * @param sts the use of MTA-STS policies
     */
    public record Decision(PolicyLookup policies, RoutingRules routing, TlsaSearch.InsecureMx insecureMx, StsTerms sts) {
        /** Settings without MTA-STS. */
        public Decision(PolicyLookup policies, RoutingRules routing, TlsaSearch.InsecureMx insecureMx) {
            this(policies, routing, insecureMx, StsTerms.OFF);
        }
    }

    /**
     * Settings of connections to hosts.
     *
     * @param port the port of MX hosts
     * @param wrapperTls whether TLS starts with the first octet
     * @param heloName what this server calls itself
     * @param bind where to connect from
     * @param timeouts of each step
     * @param tlsOffer the versions, suites and groups offered
     */
    public record Connection(int port, boolean wrapperTls, String heloName, BindAddresses bind, Timeouts timeouts, TlsOffer tlsOffer) {
    }

    /**
     * Wishes about TLS that the sender of a mail may have (RFC 8689). REQUIRETLS always counts.
     *
     * @param honourTlsOptional whether {@code TLS-Required: No} eases what the recipient's domain publishes
     * @param anchors the public CAs, which REQUIRETLS accepts for hosts without TLSA records; none demands DANE
     */
    public record SenderWishes(boolean honourTlsOptional, Authorities anchors) {
        /** TLS-Required is not honoured, and REQUIRETLS demands DANE. */
        public static final SenderWishes DEFAULT = new SenderWishes(false, Authorities.NONE);

    }

    /** The policies that destinations are held to. */
    public PolicyLookup policies() {
        return decision.policies();
    }

    /** The rules of routing. */
    public RoutingRules routing() {
        return decision.routing();
    }

    /** The worth of the TLSA records of a host that unsigned MX records named. */
    public TlsaSearch.InsecureMx insecureMx() {
        return decision.insecureMx();
    }

    /** The use of MTA-STS policies. */
    public StsTerms sts() {
        return decision.sts();
    }

    /** The port of MX hosts. */
    public int port() {
        return connection.port();
    }

    /** Tests whether TLS starts with the first octet. */
    public boolean wrapperTls() {
        return connection.wrapperTls();
    }

    /** The name that this server calls itself. */
    public String heloName() {
        return connection.heloName();
    }

    /** The addresses to connect from. */
    public BindAddresses bind() {
        return connection.bind();
    }

    /** The timeouts of each step. */
    public Timeouts timeouts() {
        return connection.timeouts();
    }

    /** The versions, suites and groups offered. */
    public TlsOffer tlsOffer() {
        return connection.tlsOffer();
    }

    /** These, with other time limits. */
    public DeliverySettings withTimeouts(Timeouts other) {
        Connection changed = new Connection(connection.port(), connection.wrapperTls(), connection.heloName(), connection.bind(), other,
            connection.tlsOffer());
        return new DeliverySettings(decision, changed, gateways, gatewayOptions, conversion, senderWishes);
    }

    /**
     * Treatment of gateways.
     *
     * @param loadBalancing whether they are tried in random order rather than in the one given
     * @param verifyIdentity whether the certificate has to prove the gateway's name, by DANE or by a public CA
     * @param anchors the public CAs
     * @param credentials to log in with
     * @param insecureAuth whether the credentials may also go over a channel that is not authenticated
     */
    public record GatewayOptions(boolean loadBalancing, boolean verifyIdentity, Authorities anchors,
            Optional<Credentials> credentials, boolean insecureAuth) {
        /** The certificate decides nothing, and nobody logs in. */
        public static final GatewayOptions PLAIN = new GatewayOptions(true, false, Authorities.NONE, Optional.empty(), false);

    }
}
