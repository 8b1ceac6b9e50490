/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.monitoring;

import java.util.Arrays;
import java.util.List;

import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receiver of every attempt at a host, and of every failure on this server that is a mail's own. Its failures change no delivery. */
@FunctionalInterface
public interface DeliveryAudit {
    /** Hears nothing. */
    DeliveryAudit NONE = event -> { };

    /** This one, its exceptions caught. */
    static DeliveryAudit guarded(DeliveryAudit audit) {
        return audit instanceof Guarded ? audit : new Guarded(audit);
    }

    /** All of these, each of them whatever happens to the others. */
    static DeliveryAudit all(DeliveryAudit... audits) {
        List<DeliveryAudit> guarded = Arrays.stream(audits).map(DeliveryAudit::guarded).toList();
        return new DeliveryAudit() {
            @Override
            public void attempted(AuditEvent event) {
                guarded.forEach(audit -> audit.attempted(event));
            }

            @Override
            public void audited(NextHop nextHop, AuditRules.Audited audited) {
                guarded.forEach(audit -> audit.audited(nextHop, audited));
            }

            @Override
            public void blamed(BlamedMail mail) {
                guarded.forEach(audit -> audit.blamed(mail));
            }
        };
    }

    /** Notes an attempt at one host, at one of its addresses where the attempt got that far. */
    void attempted(AuditEvent event);

    /** Notes what the policy {@code audit} found at the hosts of a next hop. */
    default void audited(NextHop nextHop, AuditRules.Audited audited) {
    }

    /** A failure on this server is a mail's own. */
    default void blamed(BlamedMail mail) {
    }

    /** Keeps a delivery from failing because it could not be reported. */
    final class Guarded implements DeliveryAudit {
        private static final Logger LOGGER = LoggerFactory.getLogger(Guarded.class);

        private final DeliveryAudit audit;

        private Guarded(DeliveryAudit audit) {
            this.audit = audit;
        }

        @Override
        public void attempted(AuditEvent event) {
            try {
                audit.attempted(event);
            } catch (Throwable e) {
                LOGGER.error("An attempt at {} for the mail {} could not be recorded", event.attempt().host(), event.delivery().mail(), e);
            }
        }

        @Override
        public void audited(NextHop nextHop, AuditRules.Audited audited) {
            try {
                audit.audited(nextHop, audited);
            } catch (Throwable e) {
                LOGGER.error("An audit of {} could not be recorded", nextHop, e);
            }
        }

        @Override
        public void blamed(BlamedMail mail) {
            try {
                audit.blamed(mail);
            } catch (Throwable e) {
                LOGGER.error("It could not be recorded that the mail {} is to blame for its failure", mail.mail(), e);
            }
        }
    }
}
