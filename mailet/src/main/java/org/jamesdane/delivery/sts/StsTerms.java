/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.mtasts.StsDemand;

/**
 * Use of MTA-STS policies by deliveries.
 *
 * @param use whether policies are followed
 * @param gateways whether gateways with a domain name have policies, too (RFC 8461 §3.4)
 * @param anchors the CAs that hosts are authenticated by
 * @param source the place where policies are looked for
 * @param waitingRoom the room for mails whose domain's policy is fetched for the first time
 * @param exceptions the domains whose policies are not followed
 */
public record StsTerms(StsDemand.Use use, boolean gateways, Authorities anchors, StsPolicySource source,
        PolicyWaitingRoom waitingRoom, StsExceptions exceptions) {
    /** No use of policies. */
    public static final StsTerms OFF = new StsTerms(StsDemand.Use.OFF, false, Authorities.NONE, StsPolicySource.NONE,
        PolicyWaitingRoom.NONE);

    /** The terms without exceptions. */
    public StsTerms(StsDemand.Use use, boolean gateways, Authorities anchors, StsPolicySource source, PolicyWaitingRoom waitingRoom) {
        this(use, gateways, anchors, source, waitingRoom, StsExceptions.NONE);
    }
}
