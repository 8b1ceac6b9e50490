/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.time.InstantSource;
import java.util.random.RandomGenerator;

import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.smtp.ConnectionPool;

/**
 * Collaborators and settings that all attempts of one mailet share.
 *
 * @param dns answers the lookups of every mail
 * @param pool makes the connections and keeps them for later deliveries
 * @param settings of the deliveries
 * @param audit hears of every host; throws nothing
 * @param metrics counts connections; throws nothing
 * @param clock the wall clock
 * @param random decides the order of hosts of equal preference, and of gateways
 */
record DeliveryContext(SecureDns dns, ConnectionPool pool, DeliverySettings settings, DeliveryAudit audit, DeliveryMetrics metrics,
        InstantSource clock, RandomGenerator random) {
}
