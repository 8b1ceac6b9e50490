/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import javax.mail.MessagingException;

import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.mailrepository.api.MailRepositoryStore;
import org.apache.james.mailrepository.api.MailRepositoryUrl;
import org.apache.mailet.Mail;
import org.jspecify.annotations.Nullable;

/**
 * A single repository made of one repository of James for each day. A database that remembers removed mail never has to read old days
 * again. Keys begin with the day.
 */
final class DailyRepository implements MailRepository {
    /** Days that are read at a start: a server may have been off for as long. Older ones are named by {@link MailElsewhere}. */
    private static final Period READ = Period.ofDays(14);
    private static final char SEPARATOR = '/';
    /** End of the URL of the repository with the claim. */
    static final String CLAIM = SEPARATOR + "claim";

    private final MailRepositoryStore repositories;
    private final MailRepositoryUrl base;
    private final InstantSource clock;
    private final Map<String, MailRepository> days = new ConcurrentHashMap<>();

    /**
     * Opens today's repository, and with the first listing those of the days before.
     *
     * @param base the URL below which the days are; mail may lie there itself, from a version that knew no days
     */
    DailyRepository(MailRepositoryStore repositories, MailRepositoryUrl base, InstantSource clock)
            throws MailRepositoryStore.MailRepositoryStoreException {
        this.repositories = repositories;
        this.base = base;
        this.clock = clock;
        day(today().toString());
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    /** The repository of a day; that without a day for an empty word. */
    private MailRepository day(String day) throws MailRepositoryStore.MailRepositoryStoreException {
        MailRepository known = days.get(day);
        if (known == null) {
            known = repositories.select(day.isEmpty() ? base : MailRepositoryUrl.from(base.asString() + SEPARATOR + day));
            days.put(day, known);
        }
        return known;
    }

    /** The repository of a key; one without a day was to be stored just now. */
    private MailRepository repository(MailKey key) throws MessagingException {
        try {
            int end = key.asString().indexOf(SEPARATOR);
            return day(end < 0 ? today().toString() : key.asString().substring(0, end));
        } catch (MailRepositoryStore.MailRepositoryStoreException e) {
            throw new MessagingException("The repository of the mail " + key.asString() + " can't be opened", e);
        }
    }

    private static MailKey inner(MailKey key) {
        return new MailKey(key.asString().substring(key.asString().indexOf(SEPARATOR) + 1));
    }

    @Override
    public MailKey store(Mail mail) throws MessagingException {
        String day = today().toString();
        try {
            return new MailKey(day + SEPARATOR + day(day).store(mail).asString());
        } catch (MailRepositoryStore.MailRepositoryStoreException e) {
            throw new MessagingException("The repository of " + day + " can't be opened", e);
        }
    }

    @Override
    public Iterator<MailKey> list() throws MessagingException {
        List<MailKey> keys = new ArrayList<>();
        LocalDate oldest = today().minus(READ);
        try {
            for (MailRepositoryUrl url : repositories.getUrls().toList()) {
                Optional<String> day = url.equals(base) ? Optional.of("") : dayOf(url, oldest);
                if (day.isPresent()) {
                    for (Iterator<MailKey> each = day(day.get()).list(); each.hasNext();) {
                        keys.add(new MailKey(day.get() + SEPARATOR + each.next().asString()));
                    }
                }
            }
        } catch (MailRepositoryStore.MailRepositoryStoreException e) {
            throw new MessagingException("The repositories below " + base.asString() + " can't be read", e);
        }
        return keys.iterator();
    }

    private Optional<String> dayOf(MailRepositoryUrl url, LocalDate oldest) {
        return date(url.asString(), base.asString()).filter(day -> !day.isBefore(oldest)).map(LocalDate::toString);
    }

    private static Optional<LocalDate> date(String url, String base) {
        if (!url.startsWith(base + SEPARATOR)) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(url.substring(base.length() + 1)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /**
     * Tests whether a server with that base reads the repository of that URL. The server reads its own, those of its days that are not too
     * old, and that with its claim.
     */
    static boolean isRead(String url, String base, Instant now) {
        LocalDate oldest = LocalDate.ofInstant(now, ZoneOffset.UTC).minus(READ);
        return url.equals(base) || url.equals(base + CLAIM) || date(url, base).filter(day -> !day.isBefore(oldest)).isPresent();
    }

    @Override
    public @Nullable Mail retrieve(MailKey key) throws MessagingException {
        return repository(key).retrieve(inner(key));
    }

    @Override
    public void remove(MailKey key) throws MessagingException {
        repository(key).remove(inner(key));
    }

    @Override
    public void removeAll() {
        throw new UnsupportedOperationException("Deferred mail is never removed all at once");
    }

    @Override
    public long size() throws MessagingException {
        long all = 0;
        for (MailRepository day : days.values()) {
            all += day.size();
        }
        return all;
    }
}
