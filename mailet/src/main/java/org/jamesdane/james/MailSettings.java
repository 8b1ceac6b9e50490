/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.Optional;

import org.jamesdane.delivery.mail.HoldingTime;

/**
 * Settings of dane.properties for the treatment of a mail on its way.
 *
 * @param deferral where deferred mail waits
 * @param holding how long a mail is held unacknowledged
 * @param content treatment of content that SMTP does not provide for
 * @param noticeText a text of the operator's in notifications of our own
 */
record MailSettings(DeferralSettings deferral, HoldingTime holding, ContentRules content, Optional<String> noticeText) {
    private static final Duration MIN_HELD = Duration.ofSeconds(30);
    private static final Duration MAX_HELD = Duration.ofDays(7);
    private static final int MAX_NOTICE_TEXT = 2000;

    static MailSettings parse(StrictSettings settings) {
        return new MailSettings(DeferralSettings.parse(settings),
            new HoldingTime(settings.duration("queue.longest-held", MIN_HELD, MAX_HELD, HoldingTime.DEFAULT.longest())),
            ContentRules.parse(settings), noticeText(settings));
    }

    private static Optional<String> noticeText(StrictSettings settings) {
        return settings.value("notice.text", "a text of at most " + MAX_NOTICE_TEXT + " characters", text -> {
            if (text.length() > MAX_NOTICE_TEXT) {
                throw new IllegalArgumentException("it has " + text.length());
            }
            return text;
        });
    }
}
