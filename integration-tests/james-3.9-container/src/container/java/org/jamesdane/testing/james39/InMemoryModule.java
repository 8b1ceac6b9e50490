/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james39;

import java.util.List;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import jakarta.inject.Singleton;
import org.apache.commons.configuration2.BaseHierarchicalConfiguration;
import org.apache.james.CoreDataModule;
import org.apache.james.NaiveDelegationStoreModule;
import org.apache.james.dnsservice.api.DNSService;
import org.apache.james.domainlist.api.DomainList;
import org.apache.james.domainlist.lib.DomainListConfiguration;
import org.apache.james.domainlist.memory.MemoryDomainList;
import org.apache.james.mailrepository.api.MailRepositoryFactory;
import org.apache.james.mailrepository.api.MailRepositoryUrlStore;
import org.apache.james.mailrepository.api.Protocol;
import org.apache.james.mailrepository.memory.MailRepositoryStoreConfiguration;
import org.apache.james.mailrepository.memory.MemoryMailRepository;
import org.apache.james.mailrepository.memory.MemoryMailRepositoryFactory;
import org.apache.james.mailrepository.memory.MemoryMailRepositoryUrlStore;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.rrt.api.RecipientRewriteTable;
import org.apache.james.rrt.memory.MemoryRecipientRewriteTable;
import org.apache.james.task.Hostname;
import org.apache.james.task.MemoryTaskManager;
import org.apache.james.task.TaskManager;
import org.apache.james.user.api.UsersRepository;
import org.apache.james.user.memory.MemoryUsersRepository;
import org.apache.james.utils.GuiceProbe;

/** Bindings that each flavour of James makes for itself, here in memory. */
final class InMemoryModule extends AbstractModule {
    @Override
    protected void configure() {
        install(new CoreDataModule());
        install(new NaiveDelegationStoreModule());
        bind(MailRepositoryUrlStore.class).to(MemoryMailRepositoryUrlStore.class);
        bind(MemoryMailRepositoryUrlStore.class).in(Singleton.class);
        Multibinder.newSetBinder(binder(), MailRepositoryFactory.class).addBinding().to(MemoryMailRepositoryFactory.class);
        bind(MailRepositoryStoreConfiguration.Item.class).toInstance(new MailRepositoryStoreConfiguration.Item(
            List.of(new Protocol("memory")), MemoryMailRepository.class.getName(), new BaseHierarchicalConfiguration()));
        bind(ShortQueueFactory.class).in(Singleton.class);
        bind(MailQueueFactory.class).to(ShortQueueFactory.class);
        bind(new TypeLiteral<MailQueueFactory<?>>() { }).to(ShortQueueFactory.class);
        Multibinder.newSetBinder(binder(), GuiceProbe.class).addBinding().to(MailetContainer.Probe.class);
    }

    @Provides
    @Singleton
    DomainList domains(DNSService dns, DomainListConfiguration configuration) throws Exception {
        MemoryDomainList domains = new MemoryDomainList(dns);
        domains.configure(configuration);
        return domains;
    }

    /** The extension's routes ask for one; without webadmin, nothing is ever submitted to it. */
    @Provides
    @Singleton
    TaskManager tasks() {
        return new MemoryTaskManager(new Hostname("james.test"));
    }

    @Provides
    @Singleton
    UsersRepository users(DomainList domains) {
        return MemoryUsersRepository.withVirtualHosting(domains);
    }

    @Provides
    @Singleton
    RecipientRewriteTable rewriting() {
        return new MemoryRecipientRewriteTable();
    }
}
