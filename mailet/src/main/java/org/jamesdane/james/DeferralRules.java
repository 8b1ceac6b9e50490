/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;

/**
 * Rules by which deferred mail of a queue goes back.
 *
 * @param usePriority whether retries go behind all other mail, as RemoteDelivery's {@code usePriority} wants it
 * @param releasedAtOnce how many mails go back in one second at most, so that those due together do not hold up new mail
 * @param longestDelay longer than that no mail waits, whatever the clock showed when it was deferred
 * @param lifetime how long a mail is tried at all
 */
record DeferralRules(boolean usePriority, int releasedAtOnce, Duration longestDelay, Duration lifetime) {
}
