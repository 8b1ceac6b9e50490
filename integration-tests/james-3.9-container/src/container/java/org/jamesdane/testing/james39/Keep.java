/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james39;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;

/**
 * Puts mail into the repository that its parameter {@code repositoryPath} names and ends its way, like James's ToRepository, which
 * is not in the registry for 3.9.
 */
public final class Keep extends GenericMailet {
    private final MailRepositoryStore repositories;

    /** James makes it, with the repositories of the container. */
    @Inject
    public Keep(MailRepositoryStore repositories) {
        this.repositories = repositories;
    }

    @Override
    public void service(Mail mail) throws MessagingException {
        try {
            MailRepository repository = repositories.select(MailRepositoryUrl.from(getInitParameter("repositoryPath")));
            repository.store(mail);
            mail.setState(Mail.GHOST);
        } catch (MailRepositoryStore.MailRepositoryStoreException e) {
            throw new MessagingException("Failed to keep " + mail.getName(), e);
        }
    }
}
