/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Arrays;
import java.util.Optional;

/** The fields of an audit line; {@code docs/audit-line.md} describes each. */
enum AuditField {
    SCHEMA("schema"),
    TIME("time"),
    MILLIS("millis"),
    MAIL("mail"),
    SENDER_DOMAIN("senderDomain"),
    RECIPIENT_DOMAINS("recipientDomains"),
    RECIPIENTS("recipients"),
    SENDER("sender"),
    RECIPIENT_ADDRESSES("recipientAddresses"),
    NEXT_HOP("nextHop"),
    HOST("host"),
    POLICY("policy"),
    POLICY_SOURCE("policySource"),
    PASS("pass"),
    RESOLVER_MODE("resolverMode"),
    ROUTE("route"),
    ROUTE_SECURITY("routeSecurity"),
    TLSA("tlsa"),
    BASE_DOMAIN("baseDomain"),
    STS("sts"),
    STS_WHY("stsWhy"),
    STS_POLICY("stsPolicy"),
    STS_FETCHED("stsFetched"),
    STS_PART("stsPart"),
    REQUIREMENT("requirement"),
    SERVER_NAME("serverName"),
    ADDRESS("address"),
    PORT("port"),
    LOCAL_ADDRESS("localAddress"),
    REUSED("reused"),
    GROUPED("grouped"),
    OPEN_MILLIS("openMillis"),
    TLS("tls"),
    CIPHER("cipher"),
    GROUP("group"),
    KEY_EXCHANGE("keyExchange"),
    KEY("key"),
    RAW_PUBLIC_KEY("rawPublicKey"),
    FORWARD_SECRECY("forwardSecrecy"),
    CERTIFICATE("certificate"),
    SPKI("spki"),
    SECURITY("security"),
    NAMED_BY("namedBy"),
    MATCHED("matched"),
    MATCHED_DEPTH("matchedDepth"),
    MATCHED_NAME("matchedName"),
    VERDICTS("verdicts"),
    OUTCOME("outcome"),
    FAILURE("failure"),
    FAILURES("failures"),
    RESULT_TYPE("resultType"),
    CODE("code"),
    TEXT("text"),
    STS_FAILURE("stsFailure"),
    STS_TEXT("stsText"),
    ACCEPTED("accepted"),
    REPLY("reply"),
    REFUSALS("refusals"),
    NOTES("notes");

    private final String word;

    AuditField(String word) {
        this.word = word;
    }

    /** The field of that name. */
    static Optional<AuditField> named(String word) {
        return Arrays.stream(values()).filter(field -> field.word.equals(word)).findFirst();
    }

    /** The name in the line. */
    @Override
    public String toString() {
        return word;
    }
}
