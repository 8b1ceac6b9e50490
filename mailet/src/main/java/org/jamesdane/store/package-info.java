/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Data that has to outlive the process. Operators set policies and negative trust anchors, which have a history. Audits count, and domains
 * have MTA-STS policies. Two stores keep them, JSON files for one node and PostgreSQL for several.
 *
 * <p>No delivery ever waits for a store. {@link org.jamesdane.store.OperatorSettings} holds in memory what was read last, and asks the
 * store on a thread of its own with a limit of time. It keeps what it has when the store is down, slow, full or damaged. A copy on the
 * local disk carries the settings over a restart. An operator's change, on the other hand, is refused if the store did not confirm it.
 */
@NullMarked
package org.jamesdane.store;

import org.jspecify.annotations.NullMarked;
