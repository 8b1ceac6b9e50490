/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

import javax.mail.MessagingException;
import javax.mail.internet.AddressException;

import org.apache.commons.configuration2.BaseHierarchicalConfiguration;
import org.apache.james.core.MailAddress;
import org.apache.james.filesystem.api.FileSystem;
import org.apache.james.mailrepository.file.FileMailRepository;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStream;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.apache.james.server.core.MimeMessageWrapper;
import org.apache.mailet.Mail;

/** Mails of James, and repositories for them. */
final class Mails {
    static final String TEXT = "Subject: hello\r\n\r\nHello.\r\n";

    private Mails() {
    }

    static MailImpl mail(String name, String text, String... recipients) throws MessagingException {
        MailImpl mail = MailImpl.builder().name(name).sender("alice@sender.example").build();
        mail.setRecipients(Arrays.stream(recipients).map(Mails::address).toList());
        mail.setMessageNoCopy(new MimeMessageWrapper(MimeMessageInputStreamSource.create(name,
            new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)))));
        return mail;
    }

    static MailAddress address(String text) {
        try {
            return new MailAddress(text);
        } catch (AddressException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    static JamesMail outbound(Mail mail) {
        return new JamesMail(mail, JamesEnvelope.of(mail).envelope().orElseThrow(), Optional.empty(), ContentRules.DEFAULT);
    }

    /** The message as the mail has it, without James's help in writing it out. */
    static String octets(Mail mail) throws MessagingException, IOException {
        try (InputStream in = new MimeMessageInputStream(mail.getMessage())) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** James's own file repository in a directory; a new one each time, as after a restart. */
    static FileMailRepository fileRepository(Path directory) throws Exception {
        BaseHierarchicalConfiguration configuration = new BaseHierarchicalConfiguration();
        configuration.addProperty("[@destinationURL]", "file://var/deferred");
        configuration.addProperty("[@FIFO]", false);
        configuration.addProperty("[@CACHEKEYS]", true);
        FileMailRepository repository = new FileMailRepository();
        repository.setFileSystem(new Directory(directory.toFile()));
        repository.configure(configuration);
        repository.init();
        return repository;
    }

    private record Directory(File directory) implements FileSystem {
        @Override
        public InputStream getResource(String url) {
            throw new UnsupportedOperationException(url);
        }

        @Override
        public File getFile(String url) {
            return new File(directory, url.substring(FileSystem.FILE_PROTOCOL.length()));
        }

        @Override
        public File getBasedir() {
            return directory;
        }
    }
}
