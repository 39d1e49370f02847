//! The description of a service, document/literal wrapped (WSDL 1.1), as tool kits read it.

use super::envelope::ENVELOPE;
use super::service::{Operation, Service};

/// Writes the description of a service at an address.
pub(super) fn write(service: &Service, address: &str) -> Vec<u8> {
    let Service { name, interface, namespace, operations } = service;
    let each = |part: fn(&Service, &Operation) -> String| -> String {
        operations.iter().map(|operation| part(service, operation)).collect()
    };
    let (types, messages) = (each(types), each(messages));
    let (listed, bindings) = (each(operation), each(binding));
    let address = quick_xml::escape::escape(address);
    let soap = "http://schemas.xmlsoap.org/wsdl/soap/";
    let transport = ENVELOPE.replace("/envelope/", "/http");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<wsdl:definitions name=\"{name}\" targetNamespace=\"{namespace}\" xmlns:tns=\"{namespace}\" \
xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" xmlns:soap=\"{soap}\" \
xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\n\
<wsdl:types>\n\
<xsd:schema targetNamespace=\"{namespace}\" elementFormDefault=\"unqualified\">\n{types}</xsd:schema>\n\
</wsdl:types>\n{messages}\
<wsdl:portType name=\"{interface}\">\n{listed}</wsdl:portType>\n\
<wsdl:binding name=\"{name}SoapBinding\" type=\"tns:{interface}\">\n\
<soap:binding style=\"document\" transport=\"{transport}\"/>\n{bindings}</wsdl:binding>\n\
<wsdl:service name=\"{name}\">\n\
<wsdl:port name=\"{interface}Port\" binding=\"tns:{name}SoapBinding\"><soap:address location=\"{address}\"/></wsdl:port>\n\
</wsdl:service>\n\
</wsdl:definitions>\n"
    )
    .into_bytes()
}

fn types(_: &Service, operation: &Operation) -> String {
    let name = operation.name;
    let arguments: String = (0..operation.arguments)
        .map(|at| format!("<xsd:element name=\"arg{at}\" type=\"xsd:string\" minOccurs=\"0\"/>"))
        .collect();
    let returned = "<xsd:element name=\"return\" type=\"xsd:string\" minOccurs=\"0\"/>";
    let element = |name: &str, inside: &str| {
        format!(
            "<xsd:element name=\"{name}\" type=\"tns:{name}\"/>\n\
<xsd:complexType name=\"{name}\"><xsd:sequence>{inside}</xsd:sequence></xsd:complexType>\n"
        )
    };
    element(name, &arguments) + &element(&format!("{name}Response"), returned)
}

fn messages(_: &Service, operation: &Operation) -> String {
    let name = operation.name;
    let message = |name: &str| {
        format!(
            "<wsdl:message name=\"{name}\"><wsdl:part name=\"parameters\" element=\"tns:{name}\"/></wsdl:message>\n"
        )
    };
    message(name) + &message(&format!("{name}Response"))
}

fn operation(_: &Service, operation: &Operation) -> String {
    let name = operation.name;
    format!(
        "<wsdl:operation name=\"{name}\"><wsdl:input name=\"{name}\" message=\"tns:{name}\"/>\
<wsdl:output name=\"{name}Response\" message=\"tns:{name}Response\"/></wsdl:operation>\n"
    )
}

fn binding(service: &Service, operation: &Operation) -> String {
    let (name, namespace, interface) = (operation.name, service.namespace, service.interface);
    format!(
        "<wsdl:operation name=\"{name}\"><soap:operation soapAction=\"{namespace}{interface}/{name}\" style=\"document\"/>\
<wsdl:input name=\"{name}\"><soap:body use=\"literal\"/></wsdl:input>\
<wsdl:output name=\"{name}Response\"><soap:body use=\"literal\"/></wsdl:output></wsdl:operation>\n"
    )
}
