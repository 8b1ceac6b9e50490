/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.blame;

import java.time.Instant;
import java.util.Optional;

import org.jamesdane.dane.failure.Fault;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.monitoring.BlamedMail;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides if a failure on this server is the mail's own, by the rule of {@link Witnesses}, and reports each mail that is blamed. */
public final class Blame {
    private static final Logger LOGGER = LoggerFactory.getLogger(Blame.class);

    private final Witnesses witnesses;
    private final DeliveryAudit audit;
    private final DeliveryMetrics metrics;

    /**
     * Takes what it works with.
     *
     * @param audit hears of each mail that is blamed; its exceptions are caught, as are those of the metrics
     */
    public Blame(Witnesses witnesses, DeliveryAudit audit, DeliveryMetrics metrics) {
        this.witnesses = witnesses;
        this.audit = DeliveryAudit.guarded(audit);
        this.metrics = DeliveryMetrics.guarded(metrics);
    }

    /** Tells if a failure is the mail's; as {@link Witnesses#blame}. */
    public boolean falls(OutboundMail mail, Fault step, int failures, Optional<Instant> before) {
        return witnesses.blame(step, WitnessedMail.party(mail), failures, before);
    }

    /** Notes that a mail got past a step. Nothing depends on that now. */
    public void passed(OutboundMail mail, Fault step, Instant now) {
        try {
            witnesses.passed(step, WitnessedMail.party(mail), now);
        } catch (Throwable e) {
            LOGGER.warn("It could not be noted that the mail {} got past {}", mail.name(), step, e);
        }
    }

    /** Reports that a failure is the mail's. */
    public void report(OutboundMail mail, Fault step, int failures, String text, Instant now) {
        try {
            LOGGER.warn("The mail {} has failed {} times on this server at {} while others got through: it ages, and is returned at the "
                + "end of its lifetime", mail.name(), failures, step);
            metrics.count(MetricNames.BLAMED);
            audit.blamed(new BlamedMail(now, mail.name(), mail.envelope(), step, failures, text));
        } catch (Throwable e) {
            LOGGER.error("It could not be reported that the mail {} is to blame for its failure", mail.name(), e);
        }
    }
}
