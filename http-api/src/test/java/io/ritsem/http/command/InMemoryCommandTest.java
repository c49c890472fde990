package io.ritsem.http.command;

import io.ritsem.http.sample.InMemoryGateway;
import io.ritsem.runtime.application.ApplicationModel;
import io.ritsem.runtime.gateway.CommandGateway;

class InMemoryCommandTest extends CommandContract {

    @Override protected CommandGateway gateway(ApplicationModel application) {
        return new InMemoryGateway(application);
    }
}
