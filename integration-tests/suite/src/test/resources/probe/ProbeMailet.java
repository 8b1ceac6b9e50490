/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.probe;

import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.jamesdane.shaded.org.xbill.DNS.Name;
import org.jamesdane.shaded.org.xbill.DNS.Type;
import org.jamesdane.shaded.org.xbill.DNS.Record;
import org.jamesdane.shaded.org.xbill.DNS.DClass;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which mail it got. It uses the extension's copy of the DNS library, so that a test can see which copy James's loader finds.
 */
public class ProbeMailet extends GenericMailet {
    private static final Logger LOGGER = LoggerFactory.getLogger(ProbeMailet.class);

    @Override
    public void service(Mail mail) {
        String domain = mail.getRecipients().iterator().next().getDomain().asString();
        try {
            Record question = Record.newRecord(Name.fromString(domain + "."), Type.MX, DClass.IN);
            LOGGER.info("Got a mail from {} to {}, would ask: {}", mail.getMaybeSender().asString(), mail.getRecipients(), question);
        } catch (Exception e) {
            LOGGER.error("Failed", e);
        }
        mail.setState(Mail.GHOST);
    }
}
