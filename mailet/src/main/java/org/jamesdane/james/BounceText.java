/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.List;

import org.apache.james.core.MailAddress;
import org.jamesdane.delivery.FailureNotice;

/** What a bounce of James's own says, where no {@code bounceProcessor} is configured. */
final class BounceText {
    private BounceText() {
    }

    static String of(List<MailAddress> recipients, FailureNotice notice) {
        StringBuilder text = new StringBuilder("Your message could not be delivered to\r\n\r\n");
        recipients.forEach(recipient -> text.append("    ").append(recipient).append("\r\n"));
        return text.append("\r\n").append(notice.text()).append(" (").append(notice.code()).append(")\r\n").toString();
    }
}
